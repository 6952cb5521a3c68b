import { runHelper } from "./helper-process.ts";
import { WORLD } from "./process.ts";

// argv -> credential helper, as `credential-helper VERB`.
runHelper(WORLD);
