import { runProcess, WORLD } from "./process.ts";

// argv -> command line. The credential helper, which clients run several times a pull, is a file of its own in the build.
if (process.argv[2] === "credential-helper") import("./helper.ts");
else {
  runProcess(async () => {
    const { runCommandLine } = await import("./cli/run.ts");
    return await runCommandLine(process.argv.slice(2), WORLD);
  });
}
