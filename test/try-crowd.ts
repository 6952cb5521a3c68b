import { crowd } from "./support/torture/crowd.ts";
import { createRandom } from "./support/torture/random.ts";

for (const loops of [0, 10]) {
  const t = Date.now();
  const r = await crowd(Number(process.argv[2] ?? 50), loops, createRandom(1));
  for (const l of r.losses) console.log("- " + l.slice(0, 500));
  console.log({ ...r, losses: r.losses.length }, Date.now() - t);
}
