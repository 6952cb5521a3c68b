import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { packageVersion, ROOT, readJson } from "./project.ts";

/** A library of which something went into the bundle. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** The licence's text, "" where the package has none. */
  readonly text: string;
}

/**
 * The libraries of a bundle, sorted by name; one that was read, but of which nothing was used, is none.
 * Source: https://esbuild.github.io/api/#metafile
 */
export function librariesOf({ outputs }: Pick<Metafile, "outputs">): Library[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
  );
  const folders = used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = readJson<Library>(`${folder}/package.json`);
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    return {
      name,
      version,
      license,
      text: file === undefined ? "" : readFileSync(join(ROOT, folder, file), "utf8").trim(),
    };
  });
}

/** The licence texts, as those licences ask for; each text once. */
export function licenceTexts(libraries: readonly Library[]): string {
  const names = new Map<string, string[]>();
  for (const { text, name, version, license } of libraries) {
    names.set(text, [...(names.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...names].map(([text, users]) => `${[...users, "", text].join("\n").trim()}\n`).join("\n---\n\n");
}

/**
 * The bill of materials, in CycloneDX; the same bundle always has the same one.
 * Source: https://cyclonedx.org/docs/1.6/json/, https://github.com/package-url/purl-spec
 */
export function billOfMaterials(libraries: readonly Library[]): string {
  const { name, license } = readJson<{ name: string; license: string }>("package.json");
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name, version: packageVersion(), licenses: licences(license) } },
    components: libraries.map(({ name, version, license }) => {
      const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
      const [, group, bare] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [undefined, undefined, name];
      return {
        type: "library",
        "bom-ref": purl,
        ...(group === undefined ? {} : { group }),
        name: bare,
        version,
        licenses: licences(license),
        purl,
      };
    }),
  };
  return `${JSON.stringify(bill, null, 1)}\n`;
}

function licences(license: string): [{ expression: string } | { license: { id: string } }] {
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}
