import { readFileSync } from "node:fs";

/** Where GitHub Codespaces writes the secrets of a codespace; newer than the environment of a shell. */
export const CODESPACES_SECRETS_FILE = "/workspaces/.codespaces/shared/.env-secrets";

/**
 * Reads the secrets file of a codespace, with a line `NAME=base64(value)` for each secret. Returns none if there is no file.
 * @param file absolute path
 */
export function readCodespacesSecrets(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return {};
  }
  const secrets: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9+/]*={0,2})\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) secrets[name] = Buffer.from(value, "base64").toString("utf8");
  }
  return secrets;
}
