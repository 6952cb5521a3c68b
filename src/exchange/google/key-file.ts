import * as z from "zod/mini";
import { explain } from "../../findings/finding.ts";
import { parseJson } from "../../platform/json.ts";
import { ExchangeError } from "../credential.ts";

const text = z.optional(z.string());

const credentialSource = z.object({
  file: text,
  url: text,
  headers: z.optional(z.record(z.string(), z.string())),
  format: z.optional(z.object({ type: text, subject_token_field_name: text })),
  executable: z.optional(z.object({ command: z.string(), timeout_millis: z.optional(z.number()), output_file: text })),
  environment_id: text,
  region_url: text,
  regional_cred_verification_url: text,
  imdsv2_session_token_url: text,
  certificate: z.optional(z.unknown()),
});

const keyFile = z.object({
  type: z.string(),
  universe_domain: text,
  client_email: text,
  private_key: text,
  private_key_id: text,
  client_id: text,
  client_secret: text,
  refresh_token: text,
  audience: text,
  subject_token_type: text,
  token_url: text,
  credential_source: z.optional(credentialSource),
  service_account_impersonation_url: text,
  service_account_impersonation: z.optional(z.object({ token_lifetime_seconds: z.optional(z.number()) })),
  workforce_pool_user_project: text,
  source_credentials: z.optional(z.unknown()),
  delegates: z.optional(z.array(z.string())),
});

/** A file of credentials, as Google's tools write it; which fields it has depends on its type. */
export type KeyFile = z.infer<typeof keyFile>;
export type CredentialSource = z.infer<typeof credentialSource>;

/**
 * @param text the file's content
 * @param file its name, for messages
 * @throws ExchangeError where it is not such a file
 */
export function parseKeyFile(text: string, file: string): KeyFile {
  return checkKeyFile(parseJson(text), file);
}

/** The same for a file within a file. */
export function checkKeyFile(value: unknown, file: string): KeyFile {
  const parsed = keyFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ExchangeError("failed", explain("google-file-form", { file }));
}

/** A field that a file of this type must have. */
export function required(key: KeyFile, field: Exclude<keyof KeyFile, "credential_source">, file: string): string {
  const value = key[field];
  if (typeof value === "string" && value !== "") return value;
  throw new ExchangeError("failed", explain("google-file-incomplete", { file, field, type: key.type }));
}
