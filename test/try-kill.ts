import { killAtCalls, killAtRandom } from "./support/torture/kill.ts";
import { createRandom } from "./support/torture/random.ts";

const n = Number(process.argv[2] ?? 60);
for (const f of [killAtCalls, killAtRandom]) {
  const t = Date.now();
  console.log(await f(n, createRandom(Number(process.argv[3] ?? 1))), Date.now() - t);
}
