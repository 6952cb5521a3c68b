import { rmSync } from "node:fs";
import { credentialHelper } from "./commands/credential-helper.ts";
import { readStdin, runProcess, WORLD } from "./process.ts";

// argv -> credential helper. Clients run it several times a pull: the build makes a file of its own of it, without what a
// command line needs.

const [, , command, ...args] = process.argv;

runProcess(async () => {
  if (command !== "credential-helper-get") return await credentialHelper(WORLD, args, readStdin);
  // The launcher has read the server's name already, and may have left a file that keeps others waiting.
  const [server = "", asking] = args;
  try {
    return await credentialHelper(WORLD, ["get"], async () => server);
  } finally {
    if (asking !== undefined) rmSync(asking, { force: true });
  }
});
