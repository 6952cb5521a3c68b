import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { login } from "../../../src/commands/login/login.ts";
import { logout } from "../../../src/commands/logout/logout.ts";
import { authOf } from "../../support/encoding.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { logIn, logOut, makeHome, secrets, type TempHome, writtenFiles } from "../../support/temp-home.ts";

const PASSWORD = "right-password";

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
const ours = (host: string) => ({ credHelpers: { [host]: "registry-login" } });

async function report(home: TempHome, env: Record<string, string>): Promise<string> {
  return (await login(home.context(env), { options: {}, json: false, onlyChanged: false })).stdout;
}

describe("REGISTRY_AUTH_FILE, which podman, skopeo and buildah read before docker's configuration", () => {
  test("a login registers there too, readable for its owner only, and a second one writes nothing", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const file = join(home.folder, "containers", "auth.json");
    const env = { ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE: file };
    // At one moment, since a login writes down when it was verified.
    const context = { ...home.context(env), now: () => 1_800_000_000_000 };
    await logIn(context);
    expect([readJson(file), home.readConfig()]).toEqual([ours(host), ours(host)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const files = writtenFiles(home.folder);
    await logIn(context);
    expect(writtenFiles(home.folder)).toEqual(files);
  });

  test("other entries are kept, and only ours is added and removed", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
    const before = { auths: { "quay.io/team": { auth: "eDp5" } }, credHelpers: { "a.example": "other" } };
    writeFileSync(REGISTRY_AUTH_FILE, JSON.stringify(before));
    await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE }));
    expect(readJson(REGISTRY_AUTH_FILE)).toEqual({
      ...before,
      credHelpers: { ...before.credHelpers, [host]: "registry-login" },
    });
    // The variable need not be there any more.
    await logOut(home.context(), host);
    expect(readJson(REGISTRY_AUTH_FILE)).toEqual(before);
  });

  test("plaintext storage writes its login there too and removes it again", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
    const env = { ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE };
    await logIn(home.context(env), { storage: "plaintext" });
    const auth = authOf("bob", PASSWORD);
    expect(readJson(REGISTRY_AUTH_FILE)).toEqual({ auths: { [host]: { auth } } });
    await logIn(home.context(env), { storage: "memory" });
    expect(readJson(REGISTRY_AUTH_FILE)).toEqual(ours(host));
  });

  test("later runs update the file, even without the variable or with a different one", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const [one, other] = [join(home.folder, "one.json"), join(home.folder, "other.json")];
    const set = secrets("A", host, "bob", PASSWORD);
    await logIn(home.context({ ...set, REGISTRY_AUTH_FILE: one }));
    await logIn(home.context());
    await logIn(home.context({ REGISTRY_AUTH_FILE: other }));
    expect([readJson(one), readJson(other)]).toEqual([ours(host), ours(host)]);
    await logOut(home.context(), host);
    expect([existsSync(one), existsSync(other)]).toEqual([false, false]);
  });

  test("a logout removes it there too", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const file = join(home.folder, "auth.json");
    await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE: file }));
    const { stdout } = await logout(home.context(), { hosts: [host], all: false, json: false });
    expect(stdout).toContain(file);
    expect(existsSync(file)).toBe(false);
  });

  test("a logout leaves an empty file that was there, which podman needs", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const file = join(home.folder, "auth.json");
    writeFileSync(file, "{}");
    await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE: file }));
    await logOut(home.context(), host);
    expect(readJson(file)).toEqual({});
  });

  test("a removed file is not created again by a run without the variable", async () => {
    const home = makeHome();
    const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
    await logIn(
      home.context({ ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), REGISTRY_AUTH_FILE }),
    );
    rmSync(REGISTRY_AUTH_FILE);
    await logIn(home.context());
    expect(existsSync(REGISTRY_AUTH_FILE)).toBe(false);
  });

  test("docker's own file, if it was named by the variable, keeps its entries when the variable changes", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    home.writeConfig("{}");
    const link = join(home.folder, "auth.json");
    symlinkSync(home.config, link);
    const set = secrets("A", host, "bob", PASSWORD);
    await logIn(home.context({ ...set, REGISTRY_AUTH_FILE: link }));
    await logIn(home.context({ ...set, REGISTRY_AUTH_FILE: join(home.folder, "other.json") }));
    expect(home.readConfig()).toEqual(ours(host));
  });

  test("a file that cannot be edited is not changed and is reported, and docker is logged in", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
    writeFileSync(REGISTRY_AUTH_FILE, "{");
    const text = await report(home, { ...secrets("A", host, "bob", PASSWORD), REGISTRY_AUTH_FILE });
    expect(text).toMatch(/A +verified/);
    expect(text).toContain("podman, skopeo and buildah have no login (REGISTRY_AUTH_FILE)");
    expect(text).toContain(`${REGISTRY_AUTH_FILE} is not JSON`);
    expect([readFileSync(REGISTRY_AUTH_FILE, "utf8"), home.readConfig()]).toEqual(["{", ours(host)]);
  });

  test("without any login no file is created", async () => {
    const home = makeHome();
    const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
    await logIn(home.context({ REGISTRY_AUTH_FILE }));
    expect(existsSync(REGISTRY_AUTH_FILE)).toBe(false);
  });
});
