import { credentialHelper } from "./commands/credential-helper.ts";
import { readStdin, runProcess, WORLD } from "./process.ts";

// argv -> credential helper. Clients run it several times a pull: the build makes a file of its own of it, without what a
// command line needs.
runProcess(() => credentialHelper(WORLD, process.argv.slice(3), readStdin));
