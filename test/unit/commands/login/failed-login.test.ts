import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { authOf } from "../../../support/encoding.ts";
import { expectHelperFailure, getFor } from "../../../support/helper.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { logIn, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "right-password-1";

test("the cause is remembered until a login succeeds", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  await expectHelperFailure(home.context(), host, /A_CONTAINER_REGISTRY_USER and A_CONTAINER_REGISTRY_PASSWORD/);
  const { registries } = await logIn(home.context());
  expect(registries).toMatchObject([{ identifier: "A", outcome: "refused", code: "credential-refused" }]);
  await expectHelperFailure(home.context(), host, /A_CONTAINER_REGISTRY_USER and A_CONTAINER_REGISTRY_PASSWORD/);
  await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  expect(await getFor(home.context(), host)).toMatchObject({ secret: PASSWORD, stderr: "" });
});

test("a failed login does not hide a person's own login in config.json", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const own = { auths: { [host]: { auth: authOf("bob", PASSWORD) } } };
  home.writeConfig(JSON.stringify(own));
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  expect(home.readConfig()).toEqual(own);
});

test("a failed login does not hide a credential store", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  home.writeConfig('{"credsStore":"desktop"}');
  await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  expect(home.readConfig()).toEqual({ credsStore: "desktop" });
});

test("a credential store that is set later is queried", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
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
