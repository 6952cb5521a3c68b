import { runHelper } from "./helper-process.ts";
import { hostWorld } from "./process.ts";

// argv -> credential helper, as `credential-helper VERB`, outside of containers.
runHelper(hostWorld());
