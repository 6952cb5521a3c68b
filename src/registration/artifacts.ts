import { readFileSync } from "node:fs";
import { HELPER } from "../clients/credential-helper.ts";
import { fingerprint } from "../clients/docker/auths.ts";
import { type LoginConfig, readLoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { lineFingerprint, plainLine } from "../clients/npm/npmrc.ts";

import { tokenName } from "../exchange/aws-identity.ts";
import type { Environment } from "../platform/environment.ts";
import { parseRegistry } from "../registries/registry.ts";
import { type Registration, readState } from "../store/state-file.ts";
import { type Earlier, vaultsOf } from "../store/store.ts";
import type { Vault } from "../store/vault.ts";

/** Something of ours that a logout takes away, and the file or vault that it stands in. */
export interface Removable {
  readonly what:
    | "credential"
    | "stored-credential"
    | "aws-token"
    | "helper-line"
    | "plaintext-login"
    | "npmrc-line"
    | "bookkeeping";
  readonly where: string;
}

/** docker's configuration of now, and those that earlier runs wrote to. */
export function dockerFiles({ state }: Earlier, env: Environment): string[] {
  return [...new Set([dockerConfigFile(env), ...state.configs])];
}

/** A place, and whether something of ours stands there at the time of asking. */
export interface Place extends Removable {
  isThere(): boolean;
}

/** Everywhere that something of ours stands for a host. */
export function placesOf(host: string, earlier: Earlier, env: Environment): Place[] {
  const rows = earlier.state.registered.filter((login) => login.host === host);
  const places = [
    ...vaultsOf(earlier).flatMap((vault) => vaultPlaces(vault, host)),
    ...dockerFiles(earlier, env).flatMap((file) => dockerPlaces(host, rows, file)),
    ...rows.flatMap(({ npmrc }) => (npmrc === undefined ? [] : npmrcPlace(npmrc))),
    {
      what: "bookkeeping",
      where: earlier.folder,
      isThere: () => readState(earlier.folder).registered.some((login) => login.host === host),
    } as const,
  ];
  return places.filter((place) => place.isThere());
}

function vaultPlaces(vault: Vault, host: string): Place[] {
  const where = vault.folder;
  const aws = vault.read("discovered", host)?.aws ?? null;
  const token: Place[] =
    aws === null ? [] : [{ what: "aws-token", where, isThere: () => vault.readToken(tokenName(aws)) !== null }];
  return [
    { what: "credential", where, isThere: () => vault.read("discovered", host) !== null },
    {
      what: "stored-credential",
      where,
      isThere: () => vault.list("stored").some((entry) => belongsTo(entry.host, host)),
    },
    ...token,
  ];
}

function dockerPlaces(host: string, rows: readonly Registration[], where: string): Place[] {
  const auths = rows.flatMap((row) => Object.entries(row.auths ?? {}));
  return [
    {
      what: "helper-line",
      where,
      isThere: () => parseRegistry(host).keys.some((key) => read(where).credHelpers[key] === HELPER),
    },
    {
      what: "plaintext-login",
      where,
      isThere: () =>
        auths.some(([key, print]) => {
          const { auth } = (read(where).auths[key] ?? {}) as { auth?: unknown };
          return typeof auth === "string" && fingerprint(auth) === print;
        }),
    },
  ];
}

function npmrcPlace({ file, line }: NonNullable<Registration["npmrc"]>): Place {
  const isThere = (): boolean =>
    readText(file)
      .split(/\r?\n/)
      .some((each) => lineFingerprint(plainLine(each)) === line);
  return { what: "npmrc-line", where: file, isThere };
}

/** Is this name of the stored shelf the host's, or that of a token of docker's own browser login to it? */
export function belongsTo(name: string, host: string): boolean {
  return name === host || name.startsWith(`${host}+`);
}

/** A file that cannot be read holds nothing that could be said of it. */
function read(file: string): LoginConfig {
  const config = readLoginConfig(file);
  return "code" in config ? { auths: {}, credHelpers: {}, credsStore: null } : config;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
