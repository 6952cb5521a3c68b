import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "./project.ts";

// Takes pictures of the built site, to be looked at: light, dark, and as wide as a phone. It fails where a page is wider
// than its window, or where the browser reports an error.

const SITE = join(ROOT, "build/docs");
const PICTURES = join(ROOT, "build/pictures");
const BASE = "/registry-login/";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

const names = process.argv.slice(2);
const pages =
  names.length > 0 ? names : ["", "start", "user/host", "user/codes", "platform/trust", "contributor/contributing"];

const server = createServer((asked, answered) => {
  const path = decodeURI((asked.url ?? "").replace(/[?#].*$/, "")).slice(BASE.length);
  const file = [path, `${path}.html`, join(path, "index.html")].find(
    (each) => extname(each) !== "" && existsSync(join(SITE, each)),
  );
  answered.writeHead(file === undefined ? 404 : 200, { "content-type": TYPES[extname(file ?? "")] ?? "text/plain" });
  answered.end(file === undefined ? "" : readFileSync(join(SITE, file)));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

rmSync(PICTURES, { recursive: true, force: true });
mkdirSync(PICTURES, { recursive: true });
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const faults: string[] = [];
for (const { name, ...look } of LOOKS) {
  const page = await (await browser.newContext(look)).newPage();
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  for (const address of pages) {
    await page.goto(`${origin}${BASE}${address}`, { waitUntil: "networkidle" });
    await page.screenshot({ path: join(PICTURES, `${address.replaceAll("/", "-") || "home"}-${name}.png`) });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    if (Number(width) > look.viewport.width) faults.push(`${name}: ${address} is ${width} wide`);
  }
}
await browser.close();
server.close();
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
console.log(`wrote the pictures of ${pages.length} pages to build/pictures`);
