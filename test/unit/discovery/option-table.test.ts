import { lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FEATURE_FOLDER, readJson } from "../../../scripts/project.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";
import { rootFlags } from "../../../src/commands/login/as-root.ts";
import {
  AGENT_OPTIONS,
  FEATURE_OPTIONS,
  flagName,
  type OptionName,
  parseOptions,
  readOptionsFile,
} from "../../../src/discovery/options.ts";
import { runLine } from "../../support/command-line.ts";
import { run } from "../../support/shell.ts";
import { makeHome, tempFolder } from "../../support/temp-home.ts";

const feature = readJson<{ options: Record<string, { type: string; default: unknown; enum?: string[] }> }>(
  "features/registry-login/devcontainer-feature.json",
);

/** Valid texts, with the default first. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  registries: ["", "ACR=acr.example.com"],
  timeout: ["10", "1", "9", "99", "100", "599", "600"],
  identifiers: ["", "ACR, GHCR"],
};

function samples(name: OptionName): readonly string[] {
  return SAMPLES[name] ?? FEATURE_OPTIONS[name]?.kind.choices ?? [];
}

/** The value of a sample that is not the default. */
function other(name: OptionName): string {
  return samples(name).find((text) => text !== FEATURE_OPTIONS[name]?.default) ?? "";
}

test("the Feature has the options of the table, and no others", () => {
  expect(Object.keys(feature.options)).toEqual(Object.keys(FEATURE_OPTIONS));
});

describe.each(AGENT_OPTIONS)("%s", (name, { kind, default: text, summary, commands, offForRoot }) => {
  const flag = `--${flagName(name)}`;
  const forms = kind.placeholder === null ? [flag, `--no-${flagName(name)}`] : [flag];

  test("has a default and samples that are valid", () => {
    expect(samples(name)).toContain(text);
    for (const sample of samples(name)) expect(() => parseOptions({}, { [name]: sample })).not.toThrow();
    expect(parseOptions({}, {})[name]).toEqual(parseOptions({}, { [name]: text })[name]);
  });

  test("has its default and its values in devcontainer-feature.json", () => {
    const declared = feature.options[name];
    expect(declared?.type).toBe(kind.name === "boolean" ? "boolean" : "string");
    expect(String(declared?.default)).toBe(text);
    expect(declared?.enum ?? []).toEqual(kind.name === "choice" ? kind.choices : []);
  });

  test.each(["login", "plan", "doctor"] as const)(
    "is in the help and the completion of %s if it is for it",
    async (command) => {
      const help = (await runLine(makeHome(), ["help", command])).stdout;
      const isThere = commands.includes(command);
      expect(help.includes(` ${forms.join(", ")} `)).toBe(isThere);
      expect(help.replace(/\s+/g, " ").includes(summary)).toBe(isThere);
      for (const form of forms) {
        const completed = (await runLine(makeHome(), ["__complete", command, form])).stdout;
        expect(completed.split("\n").some((line) => line.startsWith(`${form}\t`))).toBe(isThere);
      }
    },
  );

  test("is set by its flag, whose values are completed", async () => {
    const expected = kind.placeholder === null ? ["true", "false"] : [other(name)];
    const args = kind.placeholder === null ? forms : [`${flag}=${other(name)}`];
    const parsed = args.map((arg) => parseCommandLine(COMMANDS, ["login", arg]).options);
    expect(parsed).toEqual(expected.map((value) => ({ [name]: value })));
    if (kind.name !== "choice") return;
    const { stdout } = await runLine(makeHome(), ["__complete", "login", flag, ""]);
    expect(stdout).toBe(kind.choices.map((choice) => `${choice}\t\n`).join(""));
  });

  test("goes to root's login, or is off there", () => {
    const flags = rootFlags({ [name]: other(name) });
    const off = `--no-${flagName(name)}`;
    if (offForRoot === true) expect(flags).toContain(off);
    else
      expect(flags).toContain(
        kind.placeholder === null ? (other(name) === "true" ? flag : off) : `${flag}=${other(name)}`,
      );
  });
});

describe("install.sh", () => {
  const script = readFileSync(join(FEATURE_FOLDER, "install.sh"), "utf8");
  const [part = ""] = /^renew_options\(\) \{$.*?^# end of options$/ms.exec(script) ?? [];

  /** Runs the part of install.sh that writes the options file, with the variables that the installation sets. */
  async function install(file: string, values: Readonly<Record<string, string>>): Promise<void> {
    const variables = Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]);
    const env = { SHARE: join(file, ".."), ...Object.fromEntries(variables) };
    await run("sh", ["-eu", "-c", `${part}\nrenew_options\nwrite_options`], { env });
  }

  test("writes every option that is not the default, and a second installation with defaults erases none", async () => {
    const file = join(tempFolder(), "options");
    const values = Object.fromEntries(AGENT_OPTIONS.map(([name]) => [name, other(name)]));
    const defaults = Object.fromEntries(AGENT_OPTIONS.map(([name, option]) => [name, option.default]));
    await install(file, defaults);
    expect(readFileSync(file, "utf8")).toBe("");
    await install(file, {});
    expect(readFileSync(file, "utf8")).toBe("");
    await install(file, values);
    await install(file, defaults);
    expect(readOptionsFile(file)).toEqual(values);
  });

  test.each(["options", "options.new"])("does not write through a symlink at %s, or read through it", async (name) => {
    const folder = tempFolder();
    const elsewhere = join(tempFolder(), "elsewhere");
    writeFileSync(elsewhere, "root=true\n", { mode: 0o600 });
    symlinkSync(elsewhere, join(folder, name));
    await install(join(folder, "options"), { strict: "true" });
    expect(readFileSync(elsewhere, "utf8")).toBe("root=true\n");
    expect(statSync(elsewhere).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder, "options")).isFile()).toBe(true);
    expect(readOptionsFile(join(folder, "options"))).toEqual({ strict: "true" });
  });

  test("writes a value of many lines as one line", async () => {
    const file = join(tempFolder(), "options");
    await install(file, { registries: "ACR=acr.example.com,\nstorage=disk" });
    expect(readOptionsFile(file)).toEqual({ registries: "ACR=acr.example.com, storage=disk" });
  });
});

describe("the launcher", () => {
  const launcher = readFileSync(join(FEATURE_FOLDER, "bin/registry-login"), "utf8");
  const idle = launcher.match(/^(?:read_small|options_are_idle)\(\) \{$.*?^\}$/gms)?.join("\n");

  async function isIdle(line: string): Promise<boolean> {
    const share = tempFolder();
    writeFileSync(join(share, "options"), `${line}\n`);
    const { stdout } = await run("sh", ["-c", `${idle}\nif options_are_idle; then echo idle; fi`], { env: { share } });
    return stdout === "idle\n";
  }

  test.each(AGENT_OPTIONS)(
    "skips Node for the values of %s that are valid and ask for no login",
    async (name, option) => {
      for (const value of samples(name)) {
        const isCandidate = option.kind.name !== "text" && option.loginWithoutSecrets?.includes(value) !== true;
        expect([value, await isIdle(`${name}=${value}`)]).toEqual([value, isCandidate]);
      }
      for (const value of ["0", "601", "1000", "10s", "-1", "yes", "True", "memory disk"]) {
        expect([value, await isIdle(`${name}=${value}`)]).toEqual([value, false]);
      }
    },
  );
});
