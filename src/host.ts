import { runProcess, WORLD } from "./process.ts";

// argv -> command line, on a machine that builds and starts dev containers. It is the program of the npm package.
runProcess(async () => {
  const { runCommandLine } = await import("./cli/run.ts");
  return await runCommandLine(process.argv.slice(2), {
    ...WORLD,
    machine: { platform: process.platform, options: {} },
  });
});
