import { writeFileSync } from "node:fs";
import type { TempHome } from "./temp-home.ts";

/** The text of a codespace's secrets file: a line `NAME=base64(value)` for each. */
export function envSecrets(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${Buffer.from(value).toString("base64")}\n`);
  return lines.join("");
}

/** Writes the secrets file of a codespace where the home's contexts look for it. */
export function writeEnvSecrets(home: TempHome, values: Readonly<Record<string, string>>): void {
  writeFileSync(home.context().codespacesFile, envSecrets(values), { mode: 0o600 });
}
