import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { authOf } from "../support/encoding.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { codeBlocks } from "../support/markdown.ts";
import { type Ran, tryRun } from "../support/shell.ts";
import { filesBelow, tempFolder } from "../support/temp-home.ts";
import { type NpmRegistry, npmSettings, publishOurPackage } from "../support/verdaccio.ts";

// The lines that the documents tell people to copy, taken out of them and run by sh. The package comes from an npm registry.

const PASSWORD = "Hunter2-Hunter2";
const NOTES = "features/registry-login/NOTES.md";
const OTHERS = '{"auths":{"c.example":{"auth":"eDp5"}}}\n';

let registry: NpmRegistry;

beforeAll(async () => {
  registry = await publishOurPackage();
}, 60_000);

afterAll(() => registry?.close());

const blocks = (document: string) => codeBlocks(readFileSync(join(ROOT, document), "utf8"));

/** A machine whose docker has a login already, so that it looks for no default store. */
function makeMachine(env: Readonly<Record<string, string>> = {}) {
  const home = tempFolder();
  const file = join(home, ".docker", "config.json");
  mkdirSync(join(home, ".docker"));
  writeFileSync(file, OTHERS, { mode: 0o600 });
  const settings = { ...npmSettings(registry), HOME: home, npm_config_cache: join(tempFolder(), "cache") };
  return {
    home,
    config: () => readFileSync(file, "utf8"),
    sh: (script: string, cwd = tempFolder()): Promise<Ran> =>
      tryRun("/bin/sh", ["-ec", script], { cwd, env: { ...settings, DOCKER_CONFIG: undefined, ...env } }),
  };
}

describe("the line of initializeCommand", () => {
  /** Every value of the key in the documents for users, with its document. */
  const documents = ["README.md", NOTES, ...readdirSync(join(ROOT, "docs/user")).map((name) => `docs/user/${name}`)];
  const found = documents.flatMap((document) =>
    blocks(document).flatMap(({ language, text }) => {
      const value: unknown = language.startsWith("json") ? parse(text)?.initializeCommand : undefined;
      return typeof value === "string" ? [{ document, value }] : [];
    }),
  );
  const line = found[0]?.value ?? "";

  test("is the same in every document", () => {
    expect(found.map(({ document }) => document)).toEqual(["README.md", NOTES, "docs/user/host.md"]);
    expect(new Set(found.map(({ value }) => value)).size).toBe(1);
  });

  test("has no character that cmd.exe reads differently from sh", () => {
    expect(line.replace(" || ", " ")).toMatch(/^[\w @/.,:-]+$/);
  });

  test("logs the machine in with the README's devcontainer.json and two secrets", async () => {
    const host = await startLocalRegistry(PASSWORD);
    const workspace = tempFolder();
    const [example] = blocks("README.md").filter(({ text }) => text.includes("initializeCommand"));
    writeFileSync(
      join(workspace, ".devcontainer.json"),
      (example?.text ?? "").replaceAll("mycompany.azurecr.io", host),
    );
    const machine = makeMachine({
      ACR_CONTAINER_REGISTRY_USER: "bob",
      ACR_CONTAINER_REGISTRY_PASSWORD: PASSWORD,
    });
    const ran = await machine.sh(line, workspace);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toContain("registry-login: 1 of 1 registries ready");
    expect(JSON.parse(machine.config()).auths).toEqual({
      ...JSON.parse(OTHERS).auths,
      [host]: { auth: authOf("bob", PASSWORD) },
    });
  });

  test("prints one sentence and ends with 0 where there is no Node", async () => {
    const ran = await makeMachine({ PATH: tempFolder() }).sh(line);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toBe("registry-login did not run: install Node 20 or newer, or log in with docker login\n");
  });
});

/** What GitLab sets in a job, with this registry as the project's and this one as the dependency proxy. */
function gitlabJob(own: string, proxy: string, password = PASSWORD): Record<string, string> {
  return {
    GITLAB_CI: "true",
    CI_JOB_ID: "7",
    CI_PROJECT_DIR: join(tempFolder(), "project"),
    CI_REGISTRY: own,
    CI_REGISTRY_USER: "bob",
    CI_REGISTRY_PASSWORD: password,
    CI_DEPENDENCY_PROXY_SERVER: proxy,
    CI_DEPENDENCY_PROXY_USER: "bob",
    CI_DEPENDENCY_PROXY_PASSWORD: password,
  };
}

describe("the lines for GitLab CI", () => {
  const page = blocks("docs/user/ci-gitlab.md");
  const yaml = page.find(({ language }) => language === "yaml")?.text ?? "";
  const [before = "", after = ""] = [...yaml.matchAll(/^ +- (npx .+)$/gm)].map(([, line = ""]) => line);

  test("log in to the registries that GitLab names, and leave everything as it was", async () => {
    const [own, proxy] = [await startLocalRegistry(PASSWORD), await startLocalRegistry(PASSWORD, "bearer")];
    const machine = makeMachine(gitlabJob(own, proxy));
    const ran = await machine.sh(before);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toContain("registry-login: 2 of 2 registries ready");
    expect(Object.keys(JSON.parse(machine.config()).auths)).toEqual(expect.arrayContaining([own, proxy]));
    expect(await machine.sh(after)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(filesBelow(machine.home)).toHaveLength(1);
    expect(machine.config()).toBe(OTHERS);
  });

  test("stop the job where a registry rejects the login", async () => {
    const host = await startLocalRegistry(PASSWORD);
    const machine = makeMachine(gitlabJob(host, host, "a-wrong-password"));
    const ran = await machine.sh(`${before}\necho not reached`);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).not.toContain("not reached");
    expect(ran.output).not.toContain("a-wrong-password");
  });

  test("keep the login of a job in a folder of its own with the executor shell", async () => {
    const host = await startLocalRegistry(PASSWORD);
    const job = gitlabJob(host, host);
    const machine = makeMachine(job);
    const ran = await machine.sh(page.find(({ language }) => language === "sh")?.text ?? "");
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    const own = `${job.CI_PROJECT_DIR}.tmp/docker-7`;
    expect(Object.keys(JSON.parse(readFileSync(join(own, "config.json"), "utf8")).auths)).toEqual([host]);
    expect(filesBelow(machine.home)).toHaveLength(1);
    expect(machine.config()).toBe(OTHERS);
    const [, removal = ""] = /`(rm -rf .+)`/.exec(readFileSync(join(ROOT, "docs/user/ci-gitlab.md"), "utf8")) ?? [];
    await machine.sh(removal);
    expect(existsSync(own)).toBe(false);
  });
});

test("the lines for a runner that several jobs share leave its user's files alone", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const [block] = blocks("docs/user/ci.md").filter(({ text }) => text.includes("mktemp"));
  const machine = makeMachine(gitlabJob(host, host));
  const ran = await machine.sh(`${block?.text}echo "config: $(tr -d '\\n\\t' < "$DOCKER_CONFIG/config.json")"
rm -rf "$DOCKER_CONFIG"`);
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  const [, config = "{}"] = /^config: (.+)$/m.exec(ran.stdout) ?? [];
  expect(JSON.parse(config).auths).toEqual({ [host]: { auth: authOf("bob", PASSWORD) } });
  expect(filesBelow(machine.home)).toHaveLength(1);
});
