import { runHelper } from "./helper-process.ts";
import { HOST_WORLD } from "./process.ts";

// argv -> credential helper, as `credential-helper VERB`, outside of containers.
runHelper(HOST_WORLD);
