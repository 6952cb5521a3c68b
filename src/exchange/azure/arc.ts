import { existsSync } from "node:fs";
import { join, win32 } from "node:path";
import { explain } from "../../findings/finding.ts";
import { type Environment, variable } from "../../platform/environment.ts";
import { readRegularFile } from "../../platform/read-file.ts";
import { isLoopback } from "../../registries/address.ts";
import { ExchangeError } from "../credential.ts";
import { askMetadata, parseAddress } from "../metadata.ts";
import { readManaged } from "./managed-identity.ts";
import type { AzureWay } from "./sources.ts";

const LIMIT_MS = 3000;
const MAX_KEY_BYTES = 4096;
const DEFAULT_ENDPOINT = "http://127.0.0.1:40342/metadata/identity/oauth2/token";
const WHERE = "the Azure Arc agent";

/** Is this a machine outside of Azure whose agent gives it an identity? */
export function isArcMachine(env: Environment): boolean {
  if (env.IDENTITY_ENDPOINT && env.IMDS_ENDPOINT) return true;
  const program =
    process.platform === "win32"
      ? join(variable(env, "ProgramFiles") ?? "", "AzureConnectedMachineAgent", "himds.exe")
      : "/opt/azcmagent/bin/himds";
  return existsSync(program);
}

/**
 * Asks the agent. Its first answer names a file that only trusted users can read; who sends its content is one of them.
 * Source: https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
 */
export async function askArc(way: AzureWay): Promise<{ readonly found: string } | string> {
  const { env } = way.world;
  const url = parseAddress((env.IMDS_ENDPOINT && env.IDENTITY_ENDPOINT) || DEFAULT_ENDPOINT);
  if (url === null || url.protocol !== "http:" || !isLoopback(url.hostname)) {
    throw new ExchangeError("failed", explain("azure-endpoint", { variable: "IDENTITY_ENDPOINT" }));
  }
  const client = env.AZURE_CLIENT_ID ?? "";
  const query = { "api-version": "2020-06-01", resource: way.audience, ...(client && { client_id: client }) };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const ask = (headers: Readonly<Record<string, string>>) =>
    askMetadata(way.world, url, { headers: { metadata: "true", ...headers }, limitMs: LIMIT_MS, admits: isLoopback });
  const first = await ask({});
  if (typeof first === "string") return first;
  if (first.status !== 401) return readManaged(first, WHERE, way);
  const answer = await ask({ authorization: `Basic ${readKey(first.challenges, env)}` });
  return typeof answer === "string" ? answer : readManaged(answer, WHERE, way);
}

/** A file elsewhere would be handed to whatever listens at the address. */
function readKey(challenges: readonly string[], env: Environment): string {
  const path = /^Basic realm="?([^"]+)"?$/i.exec(challenges[0]?.trim() ?? "")?.[1] ?? "";
  const isWindows = process.platform === "win32";
  const folder = isWindows
    ? join(variable(env, "ProgramData") ?? "", "AzureConnectedMachineAgent", "Tokens")
    : "/var/opt/azcmagent/tokens";
  const name = isWindows ? win32.basename(path) : path.slice(path.lastIndexOf("/") + 1);
  if (!/^[\w.-]+\.key$/.test(name) || join(folder, name) !== path) {
    throw new ExchangeError("failed", explain("azure-arc-challenge", { folder }));
  }
  try {
    const content = readRegularFile(path, { maxBytes: MAX_KEY_BYTES, followLinks: false });
    if (content !== null) return content.bytes.toString("utf8").trim();
  } catch {
    // Explained below: whatever the reason, this user has no key.
  }
  throw new ExchangeError("failed", explain("azure-arc-key", { file: path }));
}
