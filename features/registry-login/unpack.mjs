// Unpacks the agent, which travels compressed: node unpack.mjs ARCHIVE FOLDER. Node is there by then; tar may not be.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const [, , archive, folder] = process.argv;
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(JSON.parse(brotliDecompressSync(readFileSync(archive))))) {
  writeFileSync(join(folder, name), text);
}
