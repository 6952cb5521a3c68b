import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { npmTokenKey } from "../../../src/clients/npm/npmrc.ts";
import { authOf } from "../encoding.ts";
import { filesBelow } from "../temp-home.ts";
import { FOREIGN_CONFIG, FOREIGN_NPMRC, readText, type TortureHome } from "./home.ts";
import { findLeaksInFiles, findOrphans } from "./leaks.ts";
import { hostOf, type LoginState, STATES, USER } from "./states.ts";

interface Config {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

const NPM_KEY = npmTokenKey("npm.pkg.github.com");
const HOSTS = [...new Set(STATES.flatMap(({ passwords }) => Object.keys(passwords)))].map(hostOf);

/**
 * What is lost or incomplete: entries of other programs, and entries of ours that belong to none of these states.
 * @returns one line for each
 */
export function findLosses(home: TortureHome, states: readonly LoginState[]): string[] {
  const text = readText(home.config);
  const config = parse(home.config) as Config | string;
  if (typeof config === "string") return [config];
  const auths = new Set(states.flatMap(({ passwords }) => Object.values(passwords).map((each) => authOf(USER, each))));
  const lines = readText(home.npmrc).split("\n");
  const own = new Set(states.map(({ npmToken }) => `${NPM_KEY}=${npmToken}`));
  const foreign = lines.filter((line) => !own.has(line)).join("\n");
  return [
    ...FOREIGN_CONFIG.filter((entry) => !text.includes(entry)).map((entry) => `config.json has no ${entry}`),
    ...HOSTS.flatMap((host) => {
      const helper = config.credHelpers?.[host] ?? "registry-login";
      const auth = config.auths?.[host];
      return [
        ...(helper === "registry-login" ? [] : [`${host} asks ${helper}`]),
        ...(auth === undefined || auths.has(auth.auth ?? "") ? [] : [`${host} has ${JSON.stringify(auth)}`]),
      ];
    }),
    // One that was made large has more before it.
    ...(foreign.endsWith(`${FOREIGN_NPMRC.join("\n")}\n`) ? [] : [`.npmrc is ${JSON.stringify(lines.slice(-20))}`]),
    ...home
      .folders()
      .flatMap(filesBelow)
      .filter((file) => file.endsWith(".json") && !basename(file).startsWith("."))
      .map(parse)
      .filter((value) => typeof value === "string"),
  ];
}

/**
 * What a run that was not killed should not leave: a state other than the target, temporary files, locks, and secrets
 * of other states anywhere.
 */
export function findLeftovers(home: TortureHome, target: LoginState): { wrong: string[]; leaks: string[] } {
  const config = parse(home.config) as Config;
  const identifiers = Object.entries(target.passwords);
  const vaulted = target.storage !== "plaintext";
  const helpers = HOSTS.filter((host) => config.credHelpers?.[host] !== undefined);
  const auths = HOSTS.flatMap((host) => (config.auths?.[host] === undefined ? [] : [[host, config.auths[host]?.auth]]));
  const hosts = identifiers.map(([identifier]) => hostOf(identifier));
  const npm = readText(home.npmrc)
    .split("\n")
    .filter((line) => line.startsWith(NPM_KEY));
  const expected = {
    helpers: vaulted ? hosts : [],
    auths: vaulted ? [] : identifiers.map(([identifier, password]) => [hostOf(identifier), authOf(USER, password)]),
    npm: [`${NPM_KEY}=${target.npmToken}`],
  };
  const found = JSON.stringify({ helpers, auths, npm });
  const orphans = findOrphans(home);
  const files = [...home.folders().flatMap(filesBelow), ...orphans];
  const temporary = [...files, ...home.folders().flatMap(linksBelow)].filter((file) =>
    /\.lock(\.break)?$|\/lock(\.break)?$|registry-login-\d+$|\/answers\.\d+$/.test(file),
  );
  return {
    wrong: [
      ...(found === JSON.stringify(expected) ? [] : [`not ${JSON.stringify(expected)} but ${found}`]),
      ...temporary.map((file) => `left behind: ${file}`),
    ],
    leaks: [...findLeaksInFiles(home, [target]), ...orphans],
  };
}

function linksBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The file's value, or the text of what is wrong with it. */
function parse(file: string): unknown {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readText(file)) as unknown;
  } catch {
    return `${file} does not parse: ${JSON.stringify(readText(file).slice(0, 200))}`;
  }
}
