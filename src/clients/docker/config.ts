import * as z from "zod/mini";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseJson } from "../../platform/json.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../../platform/read-file.ts";

/** A login as a client would present it. */
export interface ClientLogin {
  readonly username: string;
  readonly secret: string;
}

const auth = z.lazy(() =>
  z.object({
    auth: z.optional(z.string()),
    username: z.optional(z.string()),
    password: z.optional(z.string()),
    identitytoken: z.optional(z.string()),
  }),
);

/** Only what is read here; docker also rejects the file if one of these has a different type. */
export const configShape = z.lazy(() =>
  z.looseObject({
    auths: z.optional(z.nullable(z.record(z.string(), z.nullable(z.looseObject({}))))),
    credHelpers: z.optional(z.nullable(z.record(z.string(), z.string()))),
    credsStore: z.optional(z.string()),
  }),
);

/** docker's config file, as far as it matters here. */
export type Config = z.infer<typeof configShape>;

/** The logins in a client's configuration. */
export interface LoginConfig {
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly credsStore: string | null;
}

const EMPTY: LoginConfig = { auths: {}, credHelpers: {}, credsStore: null };

/**
 * Reads docker's config.json, or podman's auth.json, which has the same form; a missing file counts as an empty one.
 * @param file absolute path
 * @returns a finding if it cannot be read
 */
export function readLoginConfig(file: string): LoginConfig | Explanation {
  let text: string;
  try {
    text = readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: true })?.bytes.toString("utf8") ?? "";
  } catch (error) {
    if (error instanceof UserError) return error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return explain("folder-is-file", { path: file });
    return code === "ELOOP"
      ? explain("link-loop", { path: file })
      : explain("not-readable", { path: file, error: code });
  }
  return text.trim() === "" ? EMPTY : (parseLoginConfig(text) ?? explainUnreadable(file, text));
}

/** The same, where a file that cannot be read counts as an empty one: who edits it reports what is wrong with it. */
export function readLoginConfigOrEmpty(file: string): LoginConfig {
  const config = readLoginConfig(file);
  return "code" in config ? EMPTY : config;
}

// Each registry of a run is looked up in the same text, and for hundreds of them parsing it takes most of the time.
let last: { readonly text: string; readonly config: LoginConfig | null } | undefined;

/** The same from a text, as in DOCKER_AUTH_CONFIG; null if it has a different form. */
export function parseLoginConfig(text: string): LoginConfig | null {
  if (last?.text !== text) last = { text, config: parse(text) };
  return last.config;
}

function parse(text: string): LoginConfig | null {
  const parsed = configShape.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { auths, credHelpers, credsStore } = parsed.data;
  return { auths: auths ?? {}, credHelpers: credHelpers ?? {}, credsStore: credsStore || null };
}

function explainUnreadable(file: string, text: string): Explanation {
  if (parseJson(text) === undefined) return explain("config-not-json", { file });
  const issue = configShape.safeParse(parseJson(text)).error?.issues[0];
  return explain("config-form", { file, path: issue?.path.join(".") || "form" });
}

/** The login of a key in `auths`, if there is one. */
export function readAuth({ auths }: LoginConfig, key: string): ClientLogin | null {
  const parsed = auth.safeParse(Object.hasOwn(auths, key) ? auths[key] : undefined);
  if (!parsed.success) return null;
  const { auth: encoded = "", username = "", password = "", identitytoken = "" } = parsed.data;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const at = text.indexOf(":");
  if (identitytoken !== "") return { username: at === -1 ? username : text.slice(0, at), secret: identitytoken };
  if (at === -1) return password === "" ? null : { username, secret: password };
  // Old versions of docker padded the password with NUL, which docker removes.
  return { username: text.slice(0, at), secret: text.slice(at + 1).replace(/\0+$/, "") };
}
