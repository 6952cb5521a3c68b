import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { BUNDLE, SBOM } from "../../scripts/build.ts";
import { AGENT_FOLDER, packageVersion, readJson } from "../../scripts/project.ts";

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: unknown;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
}

const locked = readJson<{ packages: Record<string, Locked> }>("package-lock.json").packages;
const sbom = JSON.parse(readFileSync(join(AGENT_FOLDER, SBOM), "utf8"));
const components: Component[] = sbom.components;

/** Where the libraries of a bundle lie: without its white space cut, esbuild names each module that is in it. */
async function foldersInBundle(): Promise<string[]> {
  const readable = { minify: false, minifySyntax: true, minifyIdentifiers: true, minifyWhitespace: false };
  const { outputFiles } = await build({ ...BUNDLE, ...readable, outdir: AGENT_FOLDER, write: false });
  const paths = outputFiles.flatMap(({ text }) => [...text.matchAll(/^ *\/\/ (node_modules\/\S+)$/gm)]);
  return [...new Set(paths.map(([, path = ""]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path))];
}

test("the bill of materials lists every library in the bundle, as the lock file has it, and nothing else", async () => {
  const expected = (await foldersInBundle()).map((folder) => {
    const { version, license } = locked[folder] ?? {};
    const name = folder.replace(/^.*node_modules\//, "");
    return { name, version, license, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` };
  });
  expect(expected.length).toBeGreaterThan(10);
  const listed = components.map(({ group, name, version, licenses, purl }) => {
    const [{ license, expression }] = licenses as [{ license?: { id: string }; expression?: string }];
    return { name: group === undefined ? name : `${group}/${name}`, version, license: license?.id ?? expression, purl };
  });
  const byPurl = (a: { purl: string }, b: { purl: string }): number => (a.purl < b.purl ? -1 : 1);
  expect(listed.sort(byPurl)).toEqual(expected.sort(byPurl));
});

test("it names the product that it describes", () => {
  expect([sbom.bomFormat, sbom.specVersion]).toEqual(["CycloneDX", "1.6"]);
  expect(sbom.metadata.component).toMatchObject({ name: "registry-login", version: packageVersion() });
});

test("each dependency of the agent is in the bundle", () => {
  const { dependencies } = readJson<Record<string, Record<string, string>>>("package.json");
  const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
  expect(Object.keys(dependencies ?? {}).filter((name) => !names.includes(name))).toEqual([]);
});

test("the license of each library is next to the bundle", () => {
  const licenses = readFileSync(join(AGENT_FOLDER, "LICENSES.txt"), "utf8");
  const missing = components.filter(({ group, name, version }) => {
    const full = group === undefined ? name : `${group}/${name}`;
    return !licenses.includes(`${full} ${version} (`);
  });
  expect(missing).toEqual([]);
  // Free ones that ask for no more than that.
  const kinds = new Set(components.map(({ licenses }) => JSON.stringify(licenses)));
  for (const kind of kinds) expect(kind).toMatch(/"(?:MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD)"/);
});

test("every dependency has an exact version, and the lock file its checksum", () => {
  const { dependencies, devDependencies, optionalDependencies } =
    readJson<Record<string, Record<string, string>>>("package.json");
  const wanted = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(wanted.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const loose = Object.entries(locked).filter(([path, { version, integrity }]) => {
    return path !== "" && !(/^\d+\.\d+\.\d+/.test(version ?? "") && /^sha512-/.test(integrity ?? ""));
  });
  expect(loose.map(([path]) => path)).toEqual([]);
});

test("the bill of materials is packed with the agent", () => {
  expect(readdirSync(AGENT_FOLDER)).toEqual(expect.arrayContaining([SBOM, "LICENSES.txt", "main.cjs"]));
});
