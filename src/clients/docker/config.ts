import { IDENTITY_TOKEN_USER } from "../../exchange/acr.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../../platform/read-file.ts";
import { DOCKER_FORM, EDIT_FORM, VARIABLE_FORM } from "./config-form.ts";
import { decodeAuth } from "./decode-auth.ts";
import { type Decoded, decodeGo } from "./go-json.ts";

/** A login as a client would present it. The user of an identity token is `<token>`, as credential helpers write it. */
export interface ClientLogin {
  readonly username: string;
  readonly secret: string;
  /** Whether the secret is a registry token, which docker sends as it is instead of logging in. */
  readonly isRegistryToken?: true;
}

/** An entry of `auths`. An empty text counts as a missing one. */
export interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** The logins in a client's configuration. */
export interface LoginConfig {
  readonly auths: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly credsStore: string | null;
}

/** The same with what docker does not like about the text. */
export interface ParsedConfig extends LoginConfig {
  /** The first value of a wrong type: docker keeps everything else, but decodes no `auth`; null without one. */
  readonly fault: string | null;
  /** The key of an entry whose `auth` docker cannot decode, after which it decodes no more of them; null without one. */
  readonly broken: string | null;
  /** Whether text follows the JSON value, which docker ignores. */
  readonly hasMore: boolean;
}

export const EMPTY: ParsedConfig = {
  auths: {},
  credHelpers: {},
  credsStore: null,
  fault: null,
  broken: null,
  hasMore: false,
};

/**
 * Reads docker's config.json; a missing file counts as an empty one.
 * @param file absolute path
 * @returns a finding if it cannot be read, or is not JSON
 */
export function readLoginConfig(file: string): ParsedConfig | Explanation {
  const text = readConfigText(file);
  if (text === null || typeof text === "object") return text ?? EMPTY;
  return text.trim() === "" ? EMPTY : (parseLoginConfig(text) ?? explain("config-not-json", { file }));
}

/**
 * The text of a client's config file; null where there is none.
 * @param file absolute path
 * @returns a finding if it cannot be read
 */
export function readConfigText(file: string): string | null | Explanation {
  try {
    return readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: true })?.bytes.toString("utf8") ?? null;
  } catch (error) {
    if (error instanceof UserError) return error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return explain("folder-is-file", { path: file });
    return code === "ELOOP"
      ? explain("link-loop", { path: file })
      : explain("not-readable", { path: file, error: code });
  }
}

/** The same, where a file that cannot be read counts as an empty one: who edits it reports what is wrong with it. */
export function readLoginConfigOrEmpty(file: string): ParsedConfig {
  const config = readLoginConfig(file);
  return "code" in config ? EMPTY : config;
}

// Each registry of a run is looked up in the same text, and for hundreds of them parsing it takes most of the time.
let last: { readonly text: string; readonly config: ParsedConfig | null } | undefined;

/** The same from a text, as docker reads it; null where it does not start with a JSON value. */
export function parseLoginConfig(text: string): ParsedConfig | null {
  if (last?.text !== text) last = { text, config: parse(text) };
  return last.config;
}

function parse(text: string): ParsedConfig | null {
  const decoded = decodeGo(text, DOCKER_FORM);
  if (decoded === null) return null;
  const config = configOf(decoded);
  const broken = Object.keys(config.auths).find((key) => isBroken(config.auths[key]));
  return { ...config, fault: decoded.fault, broken: broken ?? null, hasMore: decoded.hasMore };
}

/** The logins of a text that was decoded by one of the forms. */
export function configOf({ value }: Pick<Decoded, "value">): LoginConfig {
  const { auths = {}, credHelpers = {}, credsStore } = (value ?? {}) as Partial<LoginConfig>;
  const entries = Object.entries(auths).map(([key, entry]) => [key, withoutEmpty(entry)] as const);
  return { auths: Object.fromEntries(entries), credHelpers, credsStore: credsStore || null };
}

function withoutEmpty(entry: AuthEntry): AuthEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, text]) => text !== ""));
}

/** Whether docker cannot decode the `auth` of an entry. */
export function isBroken({ auth }: AuthEntry = {}): boolean {
  if (auth === undefined) return false;
  const decoded = decodeAuth(auth);
  return typeof decoded === "string" || decoded.user === "";
}

/**
 * The login of an entry, as docker sends it.
 * @param isDecoded false where docker does not decode any `auth`, because the file has a fault
 * @returns null where it sends none, as without a password
 */
export function readEntry(entry: AuthEntry, isDecoded = true): ClientLogin | null {
  const { auth, username = "", password = "", identitytoken, registrytoken } = entry;
  if (registrytoken !== undefined) return { username: "", secret: registrytoken, isRegistryToken: true };
  if (identitytoken !== undefined) return { username: IDENTITY_TOKEN_USER, secret: identitytoken };
  const decoded = auth === undefined || !isDecoded ? null : decodeAuth(auth);
  const { user, password: secret } =
    decoded === null || typeof decoded === "string" ? { user: username, password } : decoded;
  return user === "" || secret === "" ? null : { username: user, secret };
}

/** The login of a key in `auths`, if there is one. */
export function readAuth({ auths }: Pick<LoginConfig, "auths">, key: string): ClientLogin | null {
  return Object.hasOwn(auths, key) ? readEntry(auths[key] ?? {}) : null;
}

/**
 * The logins of DOCKER_AUTH_CONFIG. docker ignores it as a whole where anything is wrong with it, or an entry has more or less
 * than an `auth`.
 * @returns null where docker ignores it
 * Source: docker/cli `cli/config/configfile.parseEnvConfig`
 */
export function parseAuthVariable(text: string): Pick<LoginConfig, "auths"> | null {
  const decoded = decodeGo(text, VARIABLE_FORM, true);
  if (decoded === null || decoded.fault !== null || decoded.hasMore) return null;
  const { auths } = configOf(decoded);
  const isUsable = Object.values(auths).every((entry) => entry.auth !== undefined && !isBroken(entry));
  return isUsable ? { auths } : null;
}

/** docker's config file, as far as an edit needs it: what is missing, null or empty in the text is left out. */
export interface Config {
  readonly auths?: LoginConfig["auths"];
  readonly credHelpers?: LoginConfig["credHelpers"];
  readonly credsStore?: string;
}

/**
 * Reads the text of a config file for an edit, which changes nothing where docker could not find our logins in it.
 * @param file its path, for messages
 */
export function readForEdit(file: string, text: string): Config | Explanation {
  const decoded = decodeGo(text, DOCKER_FORM);
  if (decoded === null) return explain("config-not-json", { file });
  if (decoded.hasMore) return explain("config-more-text", { file });
  const fault = decoded.value === undefined ? "form" : (decodeGo(text, EDIT_FORM)?.fault ?? null);
  if (fault !== null) return explain("config-form", { file, path: fault });
  const { auths, credHelpers, credsStore } = configOf(decoded);
  const { auths: given } = (decoded.value ?? {}) as Config;
  return {
    ...(given === undefined ? {} : { auths }),
    credHelpers,
    ...(credsStore === null ? {} : { credsStore }),
  };
}
