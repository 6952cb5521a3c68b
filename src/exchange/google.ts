import { ExchangeError } from "./credential.ts";

/**
 * Checks the password of a Google registry against what its user name says it is.
 * @throws ExchangeError that names the mistake
 * Source: https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function checkGoogleKey(user: string, password: string): void {
  if (user === "_json_key") {
    if (isJsonKey(password)) return;
    if (isJsonKey(decode(password))) throw wrong("is a key in base64", "set the user to _json_key_base64");
    throw wrong(describe(password), "paste the whole JSON key file of the service account, from { to }");
  }
  if (user === "_json_key_base64") {
    if (isJsonKey(decode(password))) return;
    if (isJsonKey(password)) throw wrong("is a key in plain JSON", "set the user to _json_key");
    throw wrong("is not a JSON key in base64", "encode the whole key file: base64 -w0 key.json");
  }
}

function wrong(what: string, hint: string): ExchangeError {
  return new ExchangeError("failed", `the password ${what}`, hint);
}

function describe(password: string): string {
  const key = parse(password);
  if (key === undefined) return "is not JSON";
  if (key.type === "external_account") return "is a configuration of workload identity federation, not a key";
  return "is JSON without a private_key";
}

function isJsonKey(text: string): boolean {
  const key = parse(text);
  return typeof key?.private_key === "string" && key.private_key !== "";
}

function parse(text: string): { type?: unknown; private_key?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
