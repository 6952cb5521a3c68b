import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findDockerLogin } from "../../../../src/clients/docker/lookup.ts";
import { parseRegistry } from "../../../../src/registries/registry.ts";
import { auth, entry, HOST } from "../../../support/client-logins/row.ts";
import { makeHome } from "../../../support/temp-home.ts";

const BOBS = { auths: { [HOST]: entry("bob") } };

/** The user that docker sends: `bob` from the variable, `eve` from its file. */
const ROWS: readonly {
  readonly name: string;
  readonly value: unknown;
  readonly user: string;
  readonly docker?: string;
}[] = [
  { name: "a login", value: BOBS, user: "bob" },
  { name: "a login, to the last version that does not read it", value: BOBS, user: "eve", docker: "28.2.2" },
  { name: "a login, to the first version that does", value: BOBS, user: "bob", docker: "28.3.0" },
  { name: "names in any case", value: `{"AUTHS":{"${HOST}":{"Auth":"${auth("bob")}"}}}`, user: "bob" },
  { name: "the host by its address", value: { auths: { [`https://${HOST}`]: entry("bob") } }, user: "eve" },
  { name: "a different host", value: { auths: { "x.example.com": entry("bob") } }, user: "eve" },
  { name: "an unknown setting", value: { ...BOBS, credsStore: "x" }, user: "eve" },
  { name: "an unknown field", value: { auths: { [HOST]: { ...entry("bob"), username: "bob" } } }, user: "eve" },
  { name: "an entry without an auth", value: { auths: { ...BOBS.auths, x: {} } }, user: "eve" },
  { name: "an entry with an empty auth", value: { auths: { ...BOBS.auths, x: { auth: "" } } }, user: "eve" },
  { name: "an entry that is broken", value: { auths: { ...BOBS.auths, x: { auth: "!" } } }, user: "eve" },
  { name: "a wrong type", value: { auths: { ...BOBS.auths, x: { auth: 5 } } }, user: "eve" },
  { name: "text after the value", value: `${JSON.stringify(BOBS)} {}`, user: "eve" },
  { name: "no JSON", value: "x", user: "eve" },
  { name: "an empty text", value: "", user: "eve" },
];

// Source: docker/cli `cli/config/configfile.parseEnvConfig`; versions before 28.3 do not have it.
test.each(ROWS)("DOCKER_AUTH_CONFIG with $name", async ({ value, user, docker = "29.0.1" }) => {
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { [HOST]: entry("eve") } }));
  writeFileSync(join(home.folder, "docker"), `#!/bin/sh\necho 'Docker version ${docker}, build 1'\n`);
  chmodSync(join(home.folder, "docker"), 0o755);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const env = { HOME: home.folder, PATH: home.folder, DOCKER_AUTH_CONFIG: text };
  expect((await findDockerLogin(env, parseRegistry(HOST))).login).toEqual({ username: user, secret: "pw" });
});
