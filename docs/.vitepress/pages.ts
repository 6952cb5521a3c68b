import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const REPOSITORY = "https://github.com/registry-login/registry-login";

/** The documents outside of `docs` that are pages too, with their addresses. */
const OUTSIDE: Readonly<Record<string, string>> = {
  "README.md": "start.md",
  "docs/README.md": "overview.md",
  "ARCHITECTURE.md": "contributor/architecture.md",
  "CHANGELOG.md": "changelog.md",
  "CONTRIBUTING.md": "contributor/contributing.md",
  "RELEASING.md": "contributor/releasing.md",
  "SECURITY.md": "platform/security-policy.md",
  "SUPPORT.md": "support.md",
  "features/registry-login/README.md": "user/feature.md",
  "packages/cli/README.md": "user/npm-package.md",
};

/** Documents that repeat a page: links to them lead there. */
const SAME_AS: Readonly<Record<string, string>> = {
  "features/registry-login/NOTES.md": "features/registry-login/README.md",
};

export function repeatedDocuments(): string[] {
  return Object.keys(SAME_AS);
}

function documentsBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("."))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}

/** Every page: its document in the repository -> its file in the site. Pages appear from the folders. */
export function pages(): Map<string, string> {
  const inside = documentsBelow("docs").map((document) => {
    return [document, document.slice("docs/".length).replace(/(^|\/)README\.md$/, "$1index.md")] as const;
  });
  const repeated = new Set(Object.keys(SAME_AS));
  return new Map([...inside.filter(([document]) => !repeated.has(document)), ...Object.entries(OUTSIDE)]);
}

/** The title of a document: its first heading, without the marks of code. */
export function titleOf(document: string): string {
  const text = readFileSync(join(ROOT, document), "utf8");
  return (/^# (.+)$/m.exec(text)?.[1] ?? document).replaceAll("`", "");
}

/**
 * The anchor of a heading.
 * Source: https://docs.github.com/get-started/writing-on-github (section links)
 */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/**
 * Where a link of a document leads in the site: to a page, or, for what is not a page, to the file in the repository.
 * @param target as the document writes it
 */
export function siteLink(document: string, target: string, site = pages()): string {
  if (/^(?:[a-z]+:|#|\/)/i.test(target)) return target;
  const [path = "", anchor] = target.split("#");
  const found = relative(ROOT, resolve(ROOT, dirname(document), path)).replaceAll("\\", "/");
  const page = site.get(SAME_AS[found] ?? found);
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (page !== undefined) return `/${page.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}${hash}`;
  const file = join(ROOT, found);
  if (!existsSync(file)) return target;
  return `${REPOSITORY}/${statSync(file).isDirectory() ? "tree" : "blob"}/main/${found}${hash}`;
}
