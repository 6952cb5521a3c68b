import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../../scripts/package.ts";
import { packageVersion, readJson } from "../../scripts/project.ts";
import { NOT_FOUND } from "../../src/clients/credential-helper.ts";
import { type Ran, run, tryRun } from "../support/shell.ts";
import { tempFolder } from "../support/temp-home.ts";

const MAX_BYTES = 450 * 1024;

/** What `npm pack --json` says about a package. */
interface Packed {
  readonly id: string;
  readonly size: number;
  readonly integrity: string;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "registry-login-package-"));
  await buildPackage(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const program = (): string => join(folder, "bin", "registry-login.js");

async function pack(packageFolder: string): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json"], { cwd: packageFolder });
  const [packed] = JSON.parse(stdout) as [Packed];
  return packed;
}

test("it has the version of the project, and at most 450 KB", async () => {
  const { id, size } = await pack(folder);
  expect(id).toBe(`@registry-login/cli@${packageVersion()}`);
  expect(size).toBeLessThanOrEqual(MAX_BYTES);
});

test("it holds the programs, the bundle, and what says where that comes from", async () => {
  const { files } = await pack(folder);
  expect(files.map(({ path }) => path).sort()).toEqual([
    "LICENSE",
    "README.md",
    "agent/LICENSES.txt",
    "agent/aws-sdk.cjs",
    "agent/host-helper.cjs",
    "agent/host.cjs",
    "agent/prompts.cjs",
    "agent/sbom.cdx.json",
    "agent/yaml.cjs",
    "bin/registry-login.js",
    "package.json",
  ]);
});

test("two builds are the same package, to the byte", async () => {
  const other = tempFolder();
  await buildPackage(other);
  expect((await pack(other)).integrity).toBe((await pack(folder)).integrity);
});

test("it installs no other package, and runs no script when it is installed", () => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
  // npm's proof of origin compares it.
  expect(manifest.repository).toEqual(readJson<{ repository: unknown }>("package.json").repository);
});

describe("with a Node that is too old", () => {
  /** Runs a program of the package with a Node that says that it is another. */
  async function runWithNode(version: string, ...args: string[]): Promise<Ran> {
    const other = join(tempFolder(), "other-node.cjs");
    writeFileSync(
      other,
      `Object.defineProperties(process, {
        versions: { value: { ...process.versions, node: "${version}" } },
        version: { value: "v${version}" },
      });\n`,
    );
    return await tryRun(process.execPath, ["--require", other, program(), ...args], {
      env: { HOME: tempFolder() },
      input: "registry.example.com",
    });
  }

  test.each([
    { args: ["login", "--if-changed"], exitCode: 0 },
    { args: ["login", "--if-changed", "--strict"], exitCode: 1 },
    { args: ["login"], exitCode: 1 },
    { args: ["--version"], exitCode: 1 },
  ])("registry-login $args ends with $exitCode and one sentence", async ({ args, exitCode }) => {
    expect(await runWithNode("18.20.4", ...args)).toMatchObject({
      exitCode,
      stdout: "",
      stderr: `registry-login: needs Node 20 or newer, but ${process.execPath} is v18.20.4; install a newer Node\n`,
    });
  });

  test("the credential helper finds no login, so that public images can still be pulled", async () => {
    const ran = await runWithNode("8.17.0", "get");
    expect(ran).toMatchObject({ exitCode: 1, stdout: `${NOT_FOUND}\n` });
    expect(ran.stderr).toMatch(/^registry-login: needs Node 20 or newer, but [^\n]+\n$/);
  });

  test("the oldest that is new enough is the one that package.json names", async () => {
    expect(readJson<{ engines: unknown }>("package.json").engines).toEqual({ node: ">=20" });
    const ran = await runWithNode("20.0.0", "--version");
    expect(ran).toMatchObject({ exitCode: 0, stdout: `${packageVersion()}\n` });
  });

  test("the program has nothing that an old Node cannot parse", async () => {
    const text = readFileSync(program(), "utf8");
    const [old, now] = await Promise.all(["es5", "esnext"].map((target) => transform(text, { target })));
    expect(old?.code).toBe(now?.code);
    // esbuild removes the comma after the last argument, which is newer too.
    expect(text).not.toMatch(/,\s*\)/);
  });
});

test("no command is called like a verb of the credential helper, by which the program tells them apart", async () => {
  const help = await tryRun(process.execPath, [program(), "help"], { env: { HOME: tempFolder() } });
  expect(help.stdout).toContain("\n  login ");
  for (const verb of ["get", "store", "erase", "list", "version"]) expect(help.stdout).not.toContain(`\n  ${verb} `);
});
