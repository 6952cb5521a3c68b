import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findPodmanLogin } from "../../../src/clients/podman/lookup.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { entry, HOST } from "../../support/client-logins/row.ts";
import { makeHome } from "../../support/temp-home.ts";

// Source: containers/image pull request 1751, in its release 5.24, which these releases have.
test.each([
  ["podman", "podman version 4.3.1", true],
  ["podman", "podman version 4.4.0", false],
  ["podman", "podman version 5.2.0-dev", false],
  ["skopeo", "skopeo version 1.10.0", true],
  ["skopeo", "skopeo version 1.11.0", false],
  ["buildah", "buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)", true],
  ["buildah", "buildah version 1.29.0 (image-spec 1.1.0-rc2)", false],
  ["podman", "something else", false],
])("%s, which says %s, looks behind the file of REGISTRY_AUTH_FILE: %s", async (name, text, isRead) => {
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { [HOST]: entry("bob") } }));
  writeFileSync(join(home.folder, name), `#!/bin/sh\necho '${text}'\n`);
  chmodSync(join(home.folder, name), 0o755);
  const file = join(home.folder, "auth.json");
  writeFileSync(file, "{}");
  const env = { HOME: home.folder, PATH: home.folder, REGISTRY_AUTH_FILE: file };
  const { login } = await findPodmanLogin(env, parseRegistry(HOST), null);
  expect(login?.username ?? null).toBe(isRead ? "bob" : null);
});
