import { createRandom } from "./support/torture/random.ts";
import { askBrokenRegistries } from "./support/torture/registries.ts";

const t = Date.now();
const r = await askBrokenRegistries(Number(process.argv[2] ?? 3), createRandom(1));
for (const l of r.losses) console.log("- " + l.slice(0, 700));
console.log({ ...r, losses: r.losses.length }, Date.now() - t);
process.exit();
