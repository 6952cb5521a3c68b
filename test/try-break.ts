import { breakFiles } from "./support/torture/break.ts";
import { createRandom } from "./support/torture/random.ts";

const t = Date.now();
const r = await breakFiles(1, createRandom(Number(process.argv[2] ?? 1)));
for (const l of r.losses) console.log("- " + l.slice(0, 700));
console.log({ ...r, losses: r.losses.length }, Date.now() - t);
