import { credentialHelper } from "./commands/credential-helper.ts";
import { readStdin, runProcess, WORLD } from "./process.ts";

// argv -> credential helper, as `credential-helper VERB`.
runProcess(() => credentialHelper(WORLD, process.argv.slice(3), readStdin));
