import { type BigIntStats, lstatSync } from "node:fs";
import { type Explanation, explain } from "../findings/finding.ts";
import { type Environment, SECRET_NAME } from "../platform/environment.ts";
import { readRegularFile } from "../platform/read-file.ts";

/** Where GitHub Codespaces writes the secrets of a codespace; newer than the environment of a shell. */
export const CODESPACES_SECRETS_FILE = "/workspaces/.codespaces/shared/.env-secrets";

/** A codespace has at most 100 secrets of 48 KB, which base64 makes longer by a third. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The environment, and where the secrets file of a codespace would be (absolute path). */
export interface CodespacesContext {
  readonly env: Environment;
  readonly codespacesFile: string;
  /** Who asks through sudo: what that user cannot read is not read for that user. */
  readonly onBehalfOf?: number;
}

/**
 * Reads the secrets of a codespace. Outside of one there are none: a folder of this name may be a repository's.
 * @returns none either where the file is not accepted; see {@link readSecretsFile}
 */
export function readCodespacesSecrets(context: CodespacesContext): Record<string, string> {
  const { env, codespacesFile, onBehalfOf } = context;
  return env.CODESPACES === "true" ? readSecretsFile(codespacesFile, onBehalfOf) : {};
}

/**
 * When the secrets file of this codespace was written, in milliseconds since the epoch.
 * @returns null outside of a codespace, and where there is no such file
 */
export function secretsFileTime({ env, codespacesFile }: CodespacesContext): number | null {
  if (env.CODESPACES !== "true") return null;
  try {
    return lstatSync(codespacesFile).mtimeMs;
  } catch {
    return null;
  }
}

/**
 * Reads a file with a line `NAME=base64(value)` for each secret. It has to be root's or this user's, and nobody else may
 * write to it: who can decides to which server a password goes.
 * @param file absolute path
 * @param reader the user id of who has to be able to read it, too
 * @returns no secrets where there is no such file
 */
export function readSecretsFile(file: string, reader?: number): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const line of (readText(file, reader) ?? "").split("\n")) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9+/]*={0,2})\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) secrets[name] = Buffer.from(value, "base64").toString("utf8");
  }
  return secrets;
}

/** Why the secrets file of this codespace is not read; null where it is, or there is none. */
export function explainIgnoredFile({ env, codespacesFile: file }: CodespacesContext): Explanation | null {
  const isThere = env.CODESPACES === "true" && lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  return isThere && readText(file) === null ? explain("secrets-file-open", { file }) : null;
}

function readText(file: string, reader?: number): string | null {
  const own = process.getuid?.() ?? 0;
  const isReadable = ({ uid, mode }: BigIntStats): boolean =>
    reader === undefined || uid === BigInt(reader) || (mode & 0o004n) !== 0n;
  try {
    const content = readRegularFile(file, {
      maxBytes: MAX_BYTES,
      followLinks: false,
      accept: (stats) =>
        (stats.uid === 0n || stats.uid === BigInt(own)) && (stats.mode & 0o022n) === 0n && isReadable(stats),
    });
    return content?.bytes.toString("utf8") ?? null;
  } catch {
    return null;
  }
}

/** The variables of both sources, and which source an identifier's come from. */
export interface MergedSources {
  readonly env: Environment;
  /** @param identifier in upper case */
  isFromFile(identifier: string): boolean;
  /** Whether the source that an identifier's parts do not come from has this variable. */
  isLeftOut(variable: string): boolean;
}

/**
 * Adds the secrets of a codespace, which are newer, to the environment. The parts of one identifier come from one source,
 * so that a server from one never gets a password from the other: from the file if that has all of them, or if the
 * environment has neither user nor password.
 * @param isServerKnown whether an identifier (in upper case) has its server from elsewhere
 */
export function mergeSources(
  env: Environment,
  codespaces: Environment,
  isServerKnown: (identifier: string) => boolean,
): MergedSources {
  const [older, newer] = [partsOf(env), partsOf(codespaces)];
  const isFromFile = (identifier: string): boolean => {
    const parts = newer.get(identifier);
    if (parts === undefined) return false;
    const others = older.get(identifier);
    const hasServer = parts.has("SERVER") || isServerKnown(identifier);
    return (
      (hasServer && parts.has("USER") && parts.has("PASSWORD")) || !(others?.has("USER") || others?.has("PASSWORD"))
    );
  };
  const sourceOf = (name: string): Environment | null => {
    const identifier = SECRET_NAME.exec(name)?.[1]?.toUpperCase();
    return identifier === undefined ? null : isFromFile(identifier) ? codespaces : env;
  };
  const pick = (source: Environment): Environment =>
    Object.fromEntries(Object.entries(source).filter(([name]) => (sourceOf(name) ?? source) === source));
  const isLeftOut = (variable: string): boolean => {
    const other = sourceOf(variable) === env ? codespaces : env;
    return Object.keys(other).some((name) => name.toUpperCase() === variable);
  };
  return { env: { ...pick(env), ...pick(codespaces) }, isFromFile, isLeftOut };
}

/** The parts that are set, by identifier; both in upper case. */
function partsOf(variables: Environment): Map<string, Set<string>> {
  const parts = new Map<string, Set<string>>();
  for (const [name, value = ""] of Object.entries(variables)) {
    const [, identifier, part] = SECRET_NAME.exec(name.toUpperCase()) ?? [];
    if (identifier === undefined || part === undefined || value.trim() === "") continue;
    parts.set(identifier, (parts.get(identifier) ?? new Set()).add(part));
  }
  return parts;
}
