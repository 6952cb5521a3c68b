import { hostWorld, runProcess } from "./process.ts";

// argv -> command line, on a machine that builds and starts dev containers. It is the program of the npm package.
if (process.argv[2] === "credential-helper") import("./host-helper.ts");
else {
  runProcess(async () => {
    const { runCommandLine } = await import("./cli/run.ts");
    return await runCommandLine(process.argv.slice(2), hostWorld());
  });
}
