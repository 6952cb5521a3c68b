import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { doctor } from "../../../src/commands/doctor/doctor.ts";
import { login } from "../../../src/commands/login/login.ts";
import { logout } from "../../../src/commands/logout/logout.ts";
import { plan } from "../../../src/commands/plan/plan.ts";
import { status } from "../../../src/commands/status/status.ts";
import type { Context, Result } from "../../../src/context.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { homeFolder } from "../../../src/platform/environment.ts";
import { runExport } from "../../support/export.ts";
import { answer, startDownRegistry, startServer } from "../../support/misbehaving-server.ts";
import { makeHome, secrets, type TempHome } from "../../support/temp-home.ts";

/** Escape codes, a forged line, and a text that reads backwards. */
const HOSTILE = "x\u001b[31m\u001b]0;t\u0007\r\nregistry-login: FORGED\u0085\u009b2J\u202e\u2066\u2028\u200fy";
/** A value that fills the screen. */
const ENDLESS = "z".repeat(100_000);

const STORED = "stored.example";
const NOTHING: Result = { stdout: "", exitCode: 0 };

/** Everything that a person or a log could see of every command. */
async function outputsOf(context: Context): Promise<Record<string, string>> {
  const ask = (verb: string, input: string): Promise<Result> => credentialHelper(context, [verb], async () => input);
  const seen: Record<string, string> = {};
  const keep = async (name: string, work: () => Promise<Result> | Result): Promise<void> => {
    const { stdout, stderr = "" } = await Promise.resolve()
      .then(work)
      .catch((error: unknown): Result => {
        if (!(error instanceof UserError)) throw error;
        return { ...NOTHING, stderr: `${error.message}\n${error.hint}\n` };
      });
    // What `get` answers is for a program, which needs it as it is.
    seen[name] = name.startsWith("get ") ? stderr : stdout + stderr;
  };
  for (const json of [false, true]) {
    const how = json ? " --json" : "";
    await keep(`plan${how}`, () => plan(context, {}, json));
    await keep(`login${how}`, () => login(context, { options: { timeout: "1" }, json, onlyChanged: false }));
    await keep(`status${how}`, () => status(context, json));
    const targets = { options: { timeout: "1" }, json, push: false, targets: [] as string[] };
    await keep(`doctor${how}`, () => doctor(context, targets));
    await keep(`doctor HOST${how}`, () => doctor(context, { ...targets, targets: [HOSTILE] }));
    await keep(`logout HOST${how}`, () => logout(context, { hosts: [HOSTILE], all: false, json }));
  }
  const output = join(homeFolder(context.env), "exported");
  await keep("export HOST", () => runExport(context, ["docker", HOSTILE], { output, force: true }));
  await keep("export", () => runExport(context, ["kubernetes"], { output, force: true, all: true }));
  await keep("list", () => ask("list", ""));
  for (const host of [STORED, "failed.example", HOSTILE]) {
    await keep(`get ${host}`, () => ask("get", host));
    await keep(`erase ${host}`, () => ask("erase", host));
  }
  await keep("logout --all", () => logout(context, { hosts: [], all: true, json: false }));
  return seen;
}

async function storeLogin(context: Context, user: string): Promise<void> {
  const login = JSON.stringify({ ServerURL: STORED, Username: user, Secret: "secret" });
  await credentialHelper(context, ["store"], async () => login);
}

/** Changes the state file of a home folder in which a login failed. */
function writeFailure(home: TempHome, text: string): void {
  const folder = join(home.folder, ".local/state/registry-login");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const failure = { outcome: "refused", code: "credential-refused", message: text, hint: text };
  const registered = [{ identifier: text, host: "failed.example", storage: "none", verified: false, failure }];
  writeFileSync(join(folder, "state.json"), JSON.stringify({ version: 1, configs: [], registered }), { mode: 0o600 });
}

const places: Readonly<Record<string, (text: string) => Promise<Context>>> = {
  "the user of a secret": async (text) =>
    makeHome().context(secrets("A", await startDownRegistry(), text, "a-password")),
  "the server of a secret": async (text) => makeHome().context(secrets("A", text, "bob", "a-password")),
  "the user of a docker login": async (text) => {
    const context = makeHome().context();
    await storeLogin(context, text);
    return context;
  },
  "a failure in the state file": async (text) => {
    const home = makeHome();
    writeFailure(home, text);
    return home.context();
  },
  "docker's configuration": async (text) => {
    const home = makeHome();
    const host = await startDownRegistry();
    home.writeConfig(JSON.stringify({ credsStore: text, credHelpers: { [host]: text }, auths: { [text]: {} } }));
    return home.context(secrets("A", host, "bob", "a-password"));
  },
  "the folder of docker's configuration": async (text) => {
    const home = makeHome();
    // A folder's name is shorter.
    const folder = join(home.folder, text.slice(0, 200));
    mkdirSync(folder);
    writeFileSync(join(folder, "config.json"), "{");
    return home.context({ ...secrets("A", await startDownRegistry(), "bob", "a-password"), DOCKER_CONFIG: folder });
  },
  "the options": async (text) => {
    const home = makeHome();
    writeFileSync(home.optionsFile, `storage=${text}\nregistries=A=${text}\n`);
    return home.context(secrets("A", "a.example", "bob", "a-password"));
  },
  "a registry's answers": async (text) => {
    const value = text.replace(/[^\x21-\x7e\x80-\xff]/g, "");
    const server = await startServer((response, nth) =>
      nth % 2 === 0
        ? answer(response, 307, { location: `https://${value.slice(0, 9000)}.example/` })
        : answer(response, 401, {
            "www-authenticate": `Bearer realm="https://${value.slice(0, 9000)}",${value.slice(0, 100)}`,
          }),
    );
    return makeHome().context(secrets("A", `http://${server.host}`, "bob", "a-password"));
  },
};

describe.each(Object.entries(places))(
  "no command prints control characters or endless lines that come from %s",
  (_, plant) => {
    test.each([
      { what: "control characters", text: HOSTILE },
      { what: "an endless text", text: ENDLESS },
    ])("$what", async ({ text }) => {
      for (const [command, output] of Object.entries(await outputsOf(await plant(text)))) {
        const lines = output.split("\n");
        expect([command, output.replace(/\n/g, "")]).toEqual([
          command,
          expect.not.stringMatching(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u),
        ]);
        expect([command, lines.filter((line) => line.startsWith("registry-login: FORGED"))]).toEqual([command, []]);
        const isJson = command.endsWith("--json") || command === "list";
        if (!isJson) {
          expect([command, lines.filter(({ length }) => length > 3000)]).toEqual([command, []]);
        }
      }
    });
  },
);
