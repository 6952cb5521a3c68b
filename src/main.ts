import { runProcess, WORLD } from "./process.ts";

// argv -> command line, or, from source, the credential helper.
if (process.argv[2]?.startsWith("credential-helper")) import("./helper.ts");
else {
  runProcess(async () => {
    const { runCommandLine } = await import("./cli/run.ts");
    return await runCommandLine(process.argv.slice(2), WORLD);
  });
}
