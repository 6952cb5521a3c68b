import type { Result } from "./context.ts";
import { readSecretsFile } from "./discovery/codespaces.ts";
import { secretsIn } from "./discovery/known-secrets.ts";
import type { Environment } from "./platform/environment.ts";
import { parseJson } from "./platform/json.ts";
import { jsonLine } from "./printable.ts";
import type { Secrets } from "./secrecy/secrets.ts";

/** The secrets that a process has from its start; those of the store and of exchanges are added by who reads them. */
export function* secretsOf(env: Environment, codespacesFile: string): Generator<string> {
  yield* secretsIn(env);
  yield* secretsIn({ ...env, ...readSecretsFile(codespacesFile) });
}

/**
 * The one place where text leaves the program: masks every known secret in what a command prints, JSON string by string.
 * Only the protocol of the credential helper and an export pass as they are; then no redactor is loaded.
 */
export async function maskResult(result: Result, secrets: Secrets): Promise<Result> {
  const { stdout, stderr = "", isProtocol } = result;
  if ((stdout === "" || isProtocol === true) && stderr === "") return result;
  const { redact, redactJson } = await import("./secrecy/redact.ts");
  const known = secrets.known();
  const maskOutput = (text: string): string => {
    const json = text.startsWith("{") ? parseJson(text) : undefined;
    return json === undefined ? redact(text, known) : jsonLine(redactJson(json, known));
  };
  return { ...result, stdout: isProtocol === true ? stdout : maskOutput(stdout), stderr: redact(stderr, known) };
}
