import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { NOT_FOUND } from "../../../../src/clients/credential-helper.ts";
import { parseRegistry } from "../../../../src/registries/registry.ts";
import { authOf } from "../../encoding.ts";
import { readText } from "../home.ts";
import { findLeaks } from "../leaks.ts";
import { startProgram } from "../process.ts";
import { hostOf, type LoginState, USER } from "../states.ts";
import type { NativeHome } from "./homes.ts";

/** Path below the home folder -> fingerprint of a file, or "folder". */
export type Snapshot = ReadonlyMap<string, string>;

/** Everything in a home folder except gpg's own files, which change whenever it runs. */
export function takeSnapshot({ folder }: NativeHome): Snapshot {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => [relative(folder, join(entry.parentPath, entry.name)), entry] as const);
  return new Map(
    paths
      .filter(([path]) => !path.startsWith(".gnupg"))
      .map(([path, entry]) => [path, entry.isFile() ? fingerprint(join(folder, path)) : "folder"] as const),
  );
}

function fingerprint(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** How two snapshots differ, one line for each path. */
export function compare(before: Snapshot, now: Snapshot): string[] {
  const paths = [...new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path));
  return paths.map((path) => `${path} ${before.has(path) ? (now.has(path) ? "changed" : "is gone") : "is new"}`);
}

/** The host that an identifier logs in to: one of them has two keys. */
export function nativeHostOf(identifier: string): string {
  return identifier === "C" ? "docker.io" : hostOf(identifier);
}

/** Every key of a state's logins, with its password. */
function keysOf({ passwords }: LoginState): [string, string][] {
  return Object.entries(passwords).flatMap(([identifier, password]) =>
    parseRegistry(nativeHostOf(identifier)).keys.map((key) => [key, password] as [string, string]),
  );
}

/**
 * What is lost or incomplete in the files after a kill: what others wrote, and entries of ours that belong to none of these
 * states.
 * @param before the home folder before our first login
 */
export function findHarm(home: NativeHome, before: Snapshot, states: readonly LoginState[]): string[] {
  const text = readText(home.config);
  const now = takeSnapshot(home);
  const config = relative(home.folder, home.config);
  const own = states.flatMap(keysOf).map(([, password]) => authOf(USER, password));
  return [
    ...compare(before, now).filter((line) => !line.endsWith("is new") && !line.startsWith(`${config} changed`)),
    ...home.foreign.filter((entry) => !text.includes(entry)).map((entry) => `config.json has no ${entry}`),
    ...authsIn(text).flatMap(([key, entry]) => {
      if (key === "quay.io") return [];
      const { auth } = entry;
      const isPlaceholder = Object.keys(entry).length === 0 && home.store !== null;
      return isPlaceholder || own.includes(auth ?? "") ? [] : [`${key} has ${JSON.stringify(entry)}`];
    }),
  ];
}

function authsIn(text: string): [string, { readonly auth?: string }][] {
  try {
    return Object.entries(JSON.parse(text).auths ?? {});
  } catch {
    return [["config.json", { auth: `does not parse: ${text.slice(0, 200)}` }]];
  }
}

/**
 * What clients get that is the login of none of these states.
 * @param isOptional whether there may be no login
 */
export async function findWrongAnswers(
  home: NativeHome,
  states: readonly LoginState[],
  isOptional = false,
): Promise<string[]> {
  const keys = new Map<string, string[]>();
  for (const [key, password] of states.flatMap(keysOf)) keys.set(key, [...(keys.get(key) ?? []), password]);
  const answers = await Promise.all(
    [...keys].map(async ([key, known]) => ({ key, known, found: await read(home, key) })),
  );
  return answers.flatMap(({ key, known, found }) =>
    known.includes(found) || (isOptional && found === "")
      ? []
      : [`${key} has ${JSON.stringify(found)} and not ${known.join(" or ")}`],
  );
}

async function read(home: NativeHome, key: string): Promise<string> {
  if (home.store === null) {
    const auth = Object.fromEntries(authsIn(readText(home.config)))[key]?.auth ?? "";
    return Buffer.from(auth, "base64").toString("utf8").replace(`${USER}:`, "");
  }
  const { stdout } = await startProgram(`docker-credential-${home.store}`, ["get"], home.env, key).ended;
  try {
    return JSON.parse(stdout).Secret;
  } catch {
    return stdout.trim() === NOT_FOUND ? "" : stdout.trim();
  }
}

/** What a complete run should not leave: another state, more or fewer entries, temporary files, locks, secrets elsewhere. */
export async function findRemains(
  home: NativeHome,
  before: Snapshot,
  target: LoginState,
): Promise<{ readonly wrong: string[]; readonly leaks: string[] }> {
  const now = takeSnapshot(home);
  const news = [...now].filter(([path, value]) => !before.has(path) && value !== "folder").map(([path]) => path);
  const place = relative(home.folder, home.storeFolder);
  const inStore = news.filter((path) => path.startsWith(`${place}/`));
  const config = relative(home.folder, home.config);
  const others = news.filter((path) => !inStore.includes(path) && path !== ".local/state/registry-login/state.json");
  const hosts = Object.keys(target.passwords).flatMap((identifier) => {
    const { keys } = parseRegistry(nativeHostOf(identifier));
    return home.store === null ? keys : keys.slice(0, 1);
  });
  const listed = authsIn(readText(home.config)).map(([key]) => key);
  const expected = [...hosts, ...(before.get(config) !== undefined && home.kind !== "default pass" ? ["quay.io"] : [])];
  const isComplete = JSON.stringify(listed.toSorted()) === JSON.stringify(expected.toSorted());
  const count = home.store === null ? 0 : keysOf(target).length;
  const readable = news.filter((path) => !inStore.includes(path));
  return {
    wrong: [
      ...(await findWrongAnswers(home, [target])),
      ...(isComplete ? [] : [`auths lists ${listed} and not ${expected}`]),
      ...(inStore.length === count ? [] : [`the store has ${inStore}`]),
      ...others.map((path) => `left behind: ${path}`),
    ],
    leaks: [...readable, ...(home.store === null ? [] : [config])].flatMap((path) =>
      findLeaks(readFileSync(join(home.folder, path), "latin1"), () => false).map((form) => `${path}: ${form}`),
    ),
  };
}
