// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of devcontainer.json
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Asker } from "../../../../src/commands/init/asker.ts";
import type { InitFlags } from "../../../../src/commands/init/flags.ts";
import { init } from "../../../../src/commands/init/init.ts";
import { layOut, parseStrictly } from "../../../support/init-shapes.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";

const CONFIG = ".devcontainer/devcontainer.json";
const ACR = "acme.azurecr.io/dev/base:3";
const YES = ["init", "--yes", "--registry", "ACME=registry.example.com"];

describe("without --registry", () => {
  test("every registry that is private by its name, or is a company's own, gets an identifier", async () => {
    const services = [
      "  app: { image: acme.azurecr.io/a:1 }",
      "  b: { image: registry.acme.example/b:1 }",
      "  c: { image: docker.acme.example/c:1 }",
      "  d: { image: ghcr.io/acme/d:1 }",
      "  e: { image: acme/e:1 }",
      "  f: { image: localhost:5000/f }",
    ];
    const files = {
      [CONFIG]: '{ "dockerComposeFile": "../compose.yml", "service": "app" }\n',
      "compose.yml": `services:\n${services.join("\n")}\n`,
    };
    const { answer, read } = layOut(files);
    const { warnings, registries } = await answer(["init", "--yes"]);
    expect(registries.flatMap(({ id }) => id ?? [])).toEqual(["ACR", "ACME", "ACME_2"]);
    expect(read(CONFIG)).toContain("ACR=acme.azurecr.io, ACME=registry.acme.example, ACME_2=docker.acme.example");
    const unchosen = warnings
      .filter(({ code }) => code === "registry-unchosen")
      .map(({ message }) => message.split(" ")[0]);
    expect(unchosen).toEqual(["docker.io", "localhost:5000"]);
    expect(warnings.map(({ code }) => code)).toContain("ghcr-in-codespaces");
  });

  test("--check asks the registry, and chooses one that hands out nothing without a login", async () => {
    const host = await startLocalRegistry("a-password");
    const { answer } = layOut({ [CONFIG]: JSON.stringify({ image: `${host}/team/base:1` }) });
    const { registries, initializeCommand } = await answer(["init", "--dry-run", "--check"]);
    expect(registries).toEqual([expect.objectContaining({ host, privacy: "private", id: "LOCALHOST", before: true })]);
    expect(initializeCommand?.action).toBe("add");
  });
});

describe("what is written", () => {
  test("a new configuration is made from --image", async () => {
    const { answer, read, snapshot } = layOut({});
    expect(await answer(["init", "--dry-run", "--image", ACR])).toMatchObject({ outcome: "would-change" });
    expect(snapshot()).toEqual({});
    expect(await answer(["init", "--yes", "--image", ACR])).toMatchObject({ outcome: "changed", exitCode: 0 });
    expect(parseStrictly(read(CONFIG))).toMatchObject({ image: ACR, initializeCommand: expect.any(String) });
    expect(await answer(["init", "--yes", "--image", "alpine"])).toMatchObject({ code: "image-with-configuration" });
    expect(await answer(["init", "--yes", "--image", ACR])).toMatchObject({ outcome: "unchanged" });
    expect(await answer(["init", "--yes"])).toMatchObject({ outcome: "unchanged" });
  });

  test("nothing, where nobody says yes, and the exit code says it", async () => {
    const { run, snapshot } = layOut({ [CONFIG]: `{ "image": "${ACR}" }` });
    const before = snapshot();
    const { exitCode, text } = await run(["init"]);
    expect(exitCode).toBe(1);
    expect(text).toContain("[not-confirmed]");
    expect(text).toContain('+ { "image"');
    expect(snapshot()).toEqual(before);
  });

  test("the variables of the machine for the container, and a warning about Codespaces", async () => {
    const { answer, read } = layOut({ [CONFIG]: `{ "image": "${ACR}" }` });
    const { warnings } = await answer(["init", "--yes", "--local", "remote-env"]);
    expect(warnings.map(({ code }) => code)).toContain("remote-env-in-codespaces");
    expect(parseStrictly(read(CONFIG))).toMatchObject({
      remoteEnv: { ACR_CONTAINER_REGISTRY_USER: "${localEnv:ACR_CONTAINER_REGISTRY_USER}" },
    });
  });

  test.each([
    {
      title: "CRLF, and no end of the last line",
      ignore: "node_modules\r\n*.log",
      after: "node_modules\r\n*.log\r\n/.devcontainer/registry-login.env",
    },
    { title: "LF", ignore: "dist\n", after: "dist\n/.devcontainer/registry-login.env\n" },
    { title: "no .gitignore", ignore: null, after: "/.devcontainer/registry-login.env\n" },
  ])("an env file that git ignores, with an example: $title", async ({ ignore, after }) => {
    const { answer, read, snapshot } = layOut({
      [CONFIG]: `{\n  "image": "${ACR}"\n}\n`,
      ...(ignore === null ? {} : { ".gitignore": ignore }),
    });
    const before = snapshot();
    const { otherFiles } = await answer(["init", "--yes", "--local", "env-file"]);
    expect(otherFiles).toEqual([".gitignore", ".devcontainer/registry-login.env.example"]);
    expect(read(".gitignore")).toBe(after);
    expect(read(".devcontainer/registry-login.env.example")).toBe(
      "ACR_CONTAINER_REGISTRY_USER=\nACR_CONTAINER_REGISTRY_PASSWORD=\n",
    );
    expect(parseStrictly(read(CONFIG))).toMatchObject({
      runArgs: ["--env-file=${localWorkspaceFolder}/.devcontainer/registry-login.env"],
      initializeCommand: expect.stringContaining("--env-file .devcontainer/registry-login.env ||"),
    });
    const written = snapshot();
    expect(await answer(["init", "--yes", "--local", "env-file"])).toMatchObject({
      outcome: "unchanged",
      otherFiles: [],
    });
    expect(snapshot()).toEqual(written);
    await answer(["init", "--yes", "--remove"]);
    expect(snapshot()).toEqual(before);
  });
});

describe("--set-secrets", () => {
  const gh = '#!/bin/sh\necho "$@" >> "$GH_LOG"\nprintf "%s|" "$(cat)" >> "$GH_VALUES"\n';

  test("gives each value to gh as its input, and none as an argument", async () => {
    const origin = '[remote "origin"]\n\turl = git@github.com:acme/app.git\n';
    const { answer, folder, home } = layOut({ [CONFIG]: `{ "image": "${ACR}" }`, "dot-git/config": origin });
    mkdirSync(join(home.folder, "bin"));
    writeFileSync(join(home.folder, "bin/gh"), gh);
    chmodSync(join(home.folder, "bin/gh"), 0o755);
    const [log, values] = [join(home.folder, "log"), join(home.folder, "values")];
    const env = { PATH: `${home.folder}/bin:/usr/bin:/bin`, GH_LOG: log, GH_VALUES: values };
    const secrets = { ACR_CONTAINER_REGISTRY_USER: "puller", ACR_CONTAINER_REGISTRY_PASSWORD: "the-very-secret-one" };
    const { secrets: set, left, ...rest } = await answer(["init", "--yes", "--set-secrets"], { ...env, ...secrets });
    expect(set.set).toEqual(["SERVER", "USER", "PASSWORD"].map((part) => `ACR_CONTAINER_REGISTRY_${part}`));
    expect(readFileSync(values, "utf8")).toBe("acme.azurecr.io|puller|the-very-secret-one|");
    expect(readFileSync(log, "utf8").split("\n")[2]).toBe(
      "secret set ACR_CONTAINER_REGISTRY_PASSWORD --app codespaces --repo acme/app",
    );
    expect(JSON.stringify({ left, rest })).not.toContain("the-very-secret-one");
    expect(existsSync(join(folder, CONFIG))).toBe(true);
  });

  test("says what has no value, and that gh is missing", async () => {
    const { answer, home } = layOut({ [CONFIG]: `{ "image": "${ACR}" }` });
    const missing = await answer(["init", "--yes", "--set-secrets"], { PATH: "/nonexistent" });
    expect(missing.warnings.map(({ code }) => code)).toContain("gh-not-found");
    writeFileSync(join(home.folder, "gh"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(home.folder, "gh"), 0o755);
    const failed = await answer(["init", "--yes", "--set-secrets"], { PATH: `${home.folder}:/usr/bin:/bin` });
    expect(failed.warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["gh-failed", "secret-value-missing"]),
    );
  });
});

describe("what is left to do", () => {
  test("is ready to paste, for each level, and never has a value in it", async () => {
    const origin = '[remote "origin"]\n\turl = https://github.com/acme/app\n';
    const { answer } = layOut({ [CONFIG]: `{ "image": "registry.example.com/a/b:1" }`, "dot-git/config": origin });
    const { left } = await answer(YES);
    const lines = left.flatMap(({ lines: own }) => own);
    for (const level of [
      "--app codespaces --repo acme/app",
      "--user --repos acme/app",
      "--org acme --app codespaces --visibility private",
    ]) {
      expect(lines).toContain(
        `printenv ACME_CONTAINER_REGISTRY_PASSWORD | gh secret set ACME_CONTAINER_REGISTRY_PASSWORD ${level}`,
      );
    }
    expect(lines.join("\n")).not.toMatch(/--body|<[A-Z]+>/);
  });
});

describe("on a terminal", () => {
  const flags: InitFlags = {
    place: { config: null, folder: null },
    registries: [],
    image: null,
    local: null,
    yes: false,
    dryRun: false,
    check: false,
    remove: false,
    setSecrets: false,
    json: false,
  };

  /** A person who takes the last file, every registry, names of their own, and confirms or does not. */
  function person(confirms: boolean): Asker & { readonly shown: string[] } {
    const shown: string[] = [];
    return {
      shown,
      show: (text) => void shown.push(text),
      chooseFile: async (files) => files.at(-1) ?? "",
      image: async () => ACR,
      chooseRegistries: async (registries) => registries.map(({ host }) => host),
      identifier: async (_, proposal) => `MY_${proposal}`,
      localWay: async () => "none",
      confirm: async () => confirms,
      level: async () => "user",
      secret: async () => "",
    };
  }

  test.each([true, false])("a person chooses, sees the changes, and decides (%s)", async (confirms) => {
    const files = {
      [CONFIG]: '{ "image": "debian" }',
      ".devcontainer/b/devcontainer.json": '{ "image": "ghcr.io/acme/b:1" }',
    };
    const { folder, home, snapshot } = layOut(files);
    const before = snapshot();
    const asker = person(confirms);
    const { exitCode } = await init(home.context(), { ...flags, place: { config: null, folder } }, asker);
    expect(asker.shown.join()).toContain("MY_GHCR=ghcr.io");
    expect(exitCode).toBe(confirms ? 0 : 1);
    const after = snapshot();
    expect(after[CONFIG]).toBe(before[CONFIG]);
    expect(after[".devcontainer/b/devcontainer.json"]?.includes("MY_GHCR=ghcr.io")).toBe(confirms);
  });

  test("a person without a configuration names the image", async () => {
    const { folder, home, read } = layOut({});
    await init(home.context(), { ...flags, place: { config: null, folder } }, person(true));
    expect(read(CONFIG)).toContain(ACR);
  });
});
