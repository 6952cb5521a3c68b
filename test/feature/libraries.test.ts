import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE, HOST_ENTRIES, SBOM } from "../../scripts/build.ts";
import { buildPackage } from "../../scripts/package.ts";
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

const packageFolder = mkdtempSync(join(tmpdir(), "registry-login-package-"));

beforeAll(() => buildPackage(packageFolder));

afterAll(() => {
  rmSync(packageFolder, { recursive: true });
});

const readSbom = (folder: string) => JSON.parse(readFileSync(join(folder, SBOM), "utf8"));

const nameOf = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);

/** Where the libraries of a bundle lie: without its white space cut, esbuild names each module that is in it. */
async function foldersInBundle(entryPoints: Record<string, string>): Promise<string[]> {
  const readable = { minify: false, minifySyntax: true, minifyIdentifiers: true, minifyWhitespace: false };
  const { outputFiles } = await build({ ...BUNDLE, entryPoints, ...readable, outdir: AGENT_FOLDER, write: false });
  const paths = outputFiles.flatMap(({ text }) => [...text.matchAll(/^ *\/\/ (node_modules\/\S+)$/gm)]);
  return [...new Set(paths.map(([, path = ""]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path))];
}

describe.each([
  { product: "the Feature", folder: AGENT_FOLDER, entryPoints: BUNDLE.entryPoints },
  { product: "the npm package", folder: join(packageFolder, "agent"), entryPoints: HOST_ENTRIES },
])("in $product", ({ folder, entryPoints }) => {
  test("the bill of materials lists every library in the bundle, as the lock file has it, and nothing else", async () => {
    const expected = (await foldersInBundle(entryPoints)).map((path) => {
      const { version, license } = locked[path] ?? {};
      const name = path.replace(/^.*node_modules\//, "");
      return { name, version, license, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` };
    });
    expect(expected.length).toBeGreaterThan(10);
    const components: Component[] = readSbom(folder).components;
    const listed = components.map(({ version, licenses, purl, ...names }) => {
      const [{ license, expression }] = licenses as [{ license?: { id: string }; expression?: string }];
      return { name: nameOf({ version, licenses, purl, ...names }), version, license: license?.id ?? expression, purl };
    });
    const byPurl = (a: { purl: string }, b: { purl: string }): number => (a.purl < b.purl ? -1 : 1);
    expect(listed.sort(byPurl)).toEqual(expected.sort(byPurl));
  });

  test("it names the product that it describes", () => {
    const sbom = readSbom(folder);
    expect([sbom.bomFormat, sbom.specVersion]).toEqual(["CycloneDX", "1.6"]);
    expect(sbom.metadata.component).toMatchObject({ name: "registry-login", version: packageVersion() });
  });

  test("each dependency of the agent is in the bundle", () => {
    const { dependencies } = readJson<Record<string, Record<string, string>>>("package.json");
    const names = (readSbom(folder).components as Component[]).map(nameOf);
    expect(Object.keys(dependencies ?? {}).filter((name) => !names.includes(name))).toEqual([]);
  });

  test("the license of each library is next to the bundle", () => {
    const licenses = readFileSync(join(folder, "LICENSES.txt"), "utf8");
    const components: Component[] = readSbom(folder).components;
    const missing = components.filter((each) => !licenses.includes(`${nameOf(each)} ${each.version} (`));
    expect(missing).toEqual([]);
    // Free ones that ask for no more than that.
    const kinds = new Set(components.map((each) => JSON.stringify(each.licenses)));
    for (const kind of kinds) expect(kind).toMatch(/"(?:MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD)"/);
  });
});

test("every dependency has an exact version, and the lock file its checksum", () => {
  const { dependencies, devDependencies, optionalDependencies } =
    readJson<Record<string, Record<string, string>>>("package.json");
  const wanted = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(wanted.filter((version) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  const loose = Object.entries(locked).filter(([path, { version, integrity }]) => {
    return path !== "" && !(/^\d+\.\d+\.\d+/.test(version ?? "") && /^sha512-/.test(integrity ?? ""));
  });
  expect(loose.map(([path]) => path)).toEqual([]);
});

test("the bill of materials is packed with the agent", () => {
  expect(readdirSync(AGENT_FOLDER)).toEqual(expect.arrayContaining([SBOM, "LICENSES.txt", "main.cjs"]));
});
