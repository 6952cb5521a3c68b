import { runProcess } from "../../src/process.ts";

/** Ways for a command to end without its result. */
const WORK: Readonly<Record<string, () => Promise<never>>> = {
  "waits-for-nothing": () => new Promise(() => undefined),
  exits: async () => process.exit(0),
  "waits-for-a-timer-that-ends-it": () =>
    new Promise((_, reject) => AbortSignal.timeout(1000).addEventListener("abort", reject)),
};

const work = WORK[process.argv[2] ?? ""];
if (work !== undefined) runProcess(work);
