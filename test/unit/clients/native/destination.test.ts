import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseLoginConfig } from "../../../../src/clients/docker/config.ts";
import { type Destination, findDestination } from "../../../../src/clients/native/destination.ts";
import { parseRegistry } from "../../../../src/registries/registry.ts";
import { tempFolder } from "../../../support/temp-home.ts";

const HOST = "registry.example.com";
const FILE: Destination = { kind: "file" };
const OWN: Destination = { kind: "own-helper" };

const chosen = (store: string): Destination => ({ kind: "store", store, isDefault: true });
const named = (store: string): Destination => ({ kind: "store", store, isDefault: false });
const other = (helper: string): Destination => ({ kind: "other-helper", helper });

const helper = (name: string): string => `docker-credential-${name}`;

test.each<[NodeJS.Platform, string, readonly string[], Destination]>([
  // docker chooses a store only where its configuration holds no login, and only one whose program is there.
  ["linux", "{}", [], FILE],
  ["linux", "{}", ["pass"], FILE],
  ["linux", "{}", ["pass", helper("pass")], chosen("pass")],
  ["linux", "{}", [helper("pass")], FILE],
  ["linux", "{}", [helper("secretservice")], chosen("secretservice")],
  ["linux", "{}", ["pass", helper("secretservice")], FILE],
  ["linux", '{"psFormat":"x"}', ["pass", helper("pass")], chosen("pass")],
  ["linux", '{"auths":{},"credsStore":""}', ["pass", helper("pass")], chosen("pass")],
  ["linux", '{"auths":{"other.example.com":{}}}', ["pass", helper("pass")], FILE],
  ["linux", '{"credHelpers":{"other.example.com":"x"}}', ["pass", helper("pass")], FILE],
  ["darwin", "{}", [helper("osxkeychain")], chosen("osxkeychain")],
  ["darwin", "{}", ["pass", helper("pass")], FILE],
  ["win32", "{}", [`${helper("wincred")}.exe`], chosen("wincred")],
  ["win32", "{}", [helper("wincred")], FILE],
  ["freebsd", "{}", ["pass", helper("pass")], FILE],
  // What the configuration names comes first, whether its program is there or not.
  ["linux", '{"credsStore":"desktop"}', ["pass", helper("pass")], named("desktop")],
  ["linux", `{"credsStore":"pass","credHelpers":{"${HOST}":"gcloud"}}`, [], other("gcloud")],
  ["linux", `{"credsStore":"pass","credHelpers":{"${HOST}":""}}`, [], FILE],
  ["linux", '{"credsStore":"pass","credHelpers":{"other.example.com":"gcloud"}}', [], named("pass")],
  // Our own helper counts while it is there.
  ["linux", `{"credHelpers":{"${HOST}":"registry-login"}}`, [helper("registry-login")], OWN],
  ["linux", '{"credsStore":"registry-login"}', [helper("registry-login")], OWN],
  ["linux", `{"credHelpers":{"${HOST}":"registry-login"},"credsStore":"pass"}`, [], named("pass")],
  ["linux", '{"credsStore":"registry-login"}', [], named("registry-login")],
])("%s, %s, programs %j: %j", (platform, config, programs, expected) => {
  const folder = tempFolder();
  const script = "#!/bin/sh\n# credential-helper\n";
  for (const each of programs) writeFileSync(join(folder, each), script, { mode: 0o755 });
  const parsed = parseLoginConfig(config) ?? { auths: {}, credHelpers: {}, credsStore: null };
  expect(findDestination(parsed, parseRegistry(HOST), { PATH: folder }, platform)).toEqual(expected);
});
