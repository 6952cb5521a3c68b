import { explain } from "../findings/finding.ts";
import { parseJson } from "../platform/json.ts";
import { ExchangeError } from "./credential.ts";

/**
 * Checks that the password of a Google registry has the form that its user name announces.
 * @param request its identifier, for messages, and its user and password
 * @throws ExchangeError that names the mistake
 * Source: https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function checkGoogleKey({
  identifier,
  user,
  password,
}: {
  identifier: string;
  user: string;
  password: string;
}): void {
  const code = findMistake(user, password);
  if (code !== null) throw new ExchangeError("failed", explain(code, { identifier }));
}

function findMistake(user: string, password: string) {
  if (user === "_json_key") {
    if (isJsonKey(password)) return null;
    if (isJsonKey(decode(password))) return "google-key-encoded";
    const key = parse(password);
    if (key === undefined) return "google-key-form";
    return key.type === "external_account" ? "google-key-federation" : "google-key-incomplete";
  }
  if (user === "_json_key_base64") {
    if (isJsonKey(decode(password))) return null;
    return isJsonKey(password) ? "google-key-plain" : "google-key-not-base64";
  }
  return null;
}

function isJsonKey(text: string): boolean {
  const key = parse(text);
  return typeof key?.private_key === "string" && key.private_key !== "";
}

function parse(text: string): { type?: unknown; private_key?: unknown } | undefined {
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? value : undefined;
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
