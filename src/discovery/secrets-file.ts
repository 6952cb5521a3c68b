import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { isRecord, parseJsonc } from "../platform/jsonc.ts";

/**
 * Reads the text of a secrets file of the dev container CLI: an object of names and values, with comments or without.
 * @param file what messages call it
 * @throws UserError for anything else; the message repeats no value
 * Source: https://github.com/devcontainers/cli, `--secrets-file`
 */
export function parseSecretsFile(text: string, file: string): Environment {
  const parsed = parseJsonc(text);
  if (!parsed.isValid) {
    throw new UserError(explain("secrets-file-json", { file, line: parsed.line, column: parsed.column }));
  }
  if (!isRecord(parsed.value)) throw new UserError(explain("secrets-file-form", { file }));
  const entries = Object.entries(parsed.value).map(([variable, value]): [string, string] => {
    if (typeof value !== "string") throw new UserError(explain("secrets-file-value", { file, variable }));
    return [variable, value];
  });
  return Object.fromEntries(entries);
}
