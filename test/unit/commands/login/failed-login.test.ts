import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEmbeddedRegistry } from "../../../support/embedded-registry.ts";
import { expectHelperFailure, getFor } from "../../../support/helper.ts";
import { logIn, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "right-password-1";

async function startRegistry(): Promise<string> {
  const registry = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
  onTestFinished(registry.close);
  return registry.host;
}

test("the cause stays until a login succeeds", async () => {
  const home = makeHome();
  const host = await startRegistry();
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  await expectHelperFailure(home.context(), host, /A_CONTAINER_REGISTRY_USER and _PASSWORD/);
  const { registries } = await logIn(home.context());
  expect(registries).toMatchObject([{ identifier: "A", outcome: "refused", code: "credential-refused" }]);
  await expectHelperFailure(home.context(), host, /A_CONTAINER_REGISTRY_USER and _PASSWORD/);
  await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  expect(await getFor(home.context(), host)).toMatchObject({ secret: PASSWORD, stderr: "" });
});

test("a person's own login in config.json is not hidden by a failed one", async () => {
  const home = makeHome();
  const host = await startRegistry();
  const own = { auths: { [host]: { auth: Buffer.from(`bob:${PASSWORD}`).toString("base64") } } };
  home.writeConfig(JSON.stringify(own));
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  expect(home.readConfig()).toEqual(own);
});

test("nor is a credential store, which may know another login", async () => {
  const home = makeHome();
  const host = await startRegistry();
  home.writeConfig('{"credsStore":"desktop"}');
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  expect(home.readConfig()).toEqual({ credsStore: "desktop" });
});

test("a credential store that comes later is asked for what it knows", async () => {
  const home = makeHome();
  const host = await startRegistry();
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  const bin = join(home.folder, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh\nread -r server\n[ "$1 $server" = "get ${host}" ] && echo '{"ServerURL":"x","Username":"eve","Secret":"of-the-store"}'\n`;
  writeFileSync(join(bin, "docker-credential-desktop"), script);
  chmodSync(join(bin, "docker-credential-desktop"), 0o755);
  home.writeConfig(JSON.stringify({ ...home.readConfig(), credsStore: "desktop" }));
  const context = home.context({ PATH: `${bin}:${process.env.PATH}` });
  expect(await getFor(context, host)).toMatchObject({ user: "eve", secret: "of-the-store" });
  // One that is not there, or knows nothing, changes nothing.
  await expectHelperFailure(home.context({ PATH: "/nonexistent" }), host, /401/);
});
