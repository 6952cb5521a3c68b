import { createHash, createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import type { Agent, RequestOptions } from "node:http";
import { type Environment, homeFolder } from "../platform/environment.ts";

import type { AwsIdentity } from "./aws-identity.ts";

const TARGETS = {
  ecr: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
  "ecr-public": "SpencerFrontendService.GetAuthorizationToken",
} as const;

/** AWS's variables that say nothing of how its token API is reached. */
const HARMLESS =
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION|ENDPOINT_URL_ECR(?:_PUBLIC)?|SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED|PAGER|CA_BUNDLE)$/;

/** What the token API may say of a caller, and says again however often it is asked. */
const FINAL = /^(?:AccessDenied|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature)/;

/** A clock that is further off than this is the SDK's to set right, which then signs by AWS's clock. */
const MAX_SKEW_MS = 60_000;

/** A registry token as AWS gives it; empty where it gave none. */
export interface AuthorizationData {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/**
 * Asks AWS for a registry token by one signed request: what the SDK does with a plain key, without the time that it
 * takes to load.
 * @returns null where AWS did not answer, or where anything is not plain; the SDK knows more then (other addresses,
 *   configuration files, retries, a clock that is wrong)
 * @throws an error in the form of the SDK's where AWS refuses, and would again
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function askDirectly(
  identity: AwsIdentity,
  env: Environment,
  { agentFor, now, signal }: { agentFor: (url: URL) => Agent; now: () => number; signal: AbortSignal },
): Promise<AuthorizationData | null> {
  const url = plainAddress(identity, env);
  if (url === null) return null;
  const options = { method: "POST", agent: agentFor(url), signal };
  const answer = await post(url, options, () => sign(identity, url, now())).catch(() => null);
  if (answer === null) return null;
  const { status: statusCode, date, content } = answer;
  if (statusCode === 200) return content.authorizationData === undefined ? null : dataOf(content);
  const name = /[A-Za-z]+(?=$|:)/.exec(`${content.__type}`)?.[0] ?? "";
  const isClockRight = Math.abs(now() - Date.parse(date)) < MAX_SKEW_MS;
  if (!FINAL.test(name) || !isClockRight) return null;
  throw Object.assign(new Error(name), { name, $response: { statusCode, headers: { date } } });
}

/** ECR gives a list of one, ECR Public the one. */
function dataOf({ authorizationData }: Answer["content"]): AuthorizationData {
  const [data] = [authorizationData].flat() as { authorizationToken?: unknown; expiresAt?: unknown }[];
  const { authorizationToken, expiresAt } = data ?? {};
  return {
    authorizationToken: typeof authorizationToken === "string" ? authorizationToken : undefined,
    expiresAt: typeof expiresAt === "number" ? new Date(expiresAt * 1000) : undefined,
  };
}

function plainAddress({ service, region, fips, dualStack, keys }: AwsIdentity, env: Environment): URL | null {
  if (keys === null || fips || dualStack || !/^(?!us-(?:gov|iso))[a-z]{2}-[a-z]+-[0-9]$/.test(region)) return null;
  if (region.startsWith("cn-") || region.startsWith("eusc-")) return null;
  // AWS folds blanks before it checks a signature.
  if (Object.values(keys).some((value) => /\s/.test(value ?? ""))) return null;
  const foreign = Object.keys(env).some((name) => name.startsWith("AWS_") && !HARMLESS.test(name) && env[name] !== "");
  if (foreign || existsSync(`${homeFolder(env)}/.aws/config`)) return null;
  const own = service === "ecr" ? env.AWS_ENDPOINT_URL_ECR : env.AWS_ENDPOINT_URL_ECR_PUBLIC;
  if (own) return URL.canParse(own) && `${new URL(own).pathname}${new URL(own).search}` === "/" ? new URL(own) : null;
  return new URL(`https://api.${service}.${region}.amazonaws.com/`);
}

const BODY = "{}";

function sign({ service, region, keys }: AwsIdentity, url: URL, now: number): Record<string, string> {
  const { accessKeyId = "", secretAccessKey = "", sessionToken = null } = keys ?? {};
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    "content-type": "application/x-amz-json-1.1",
    host: url.host,
    "x-amz-date": time,
    ...(sessionToken === null ? {} : { "x-amz-security-token": sessionToken }),
    "x-amz-target": TARGETS[service],
  };
  const names = Object.keys(headers);
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const request = ["POST", "/", "", lines, names.join(";"), sha256(BODY)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization, connection: "close", "user-agent": "registry-login" };
}

interface Answer {
  readonly status: number;
  readonly date: string;
  readonly content: { readonly __type?: unknown; readonly authorizationData?: unknown };
}

/** Signs while the connection is made. */
async function post(url: URL, options: RequestOptions, headers: () => Record<string, string>): Promise<Answer> {
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        const content = contentOf(Buffer.concat(chunks).toString("utf8"));
        resolve({ status: statusCode, date: headers.date ?? "", content });
      });
    });
    outgoing.on("error", reject);
    // The agent has begun to connect by then.
    setImmediate(() => {
      for (const [name, value] of Object.entries(headers())) outgoing.setHeader(name, value);
      outgoing.end(BODY);
    });
  });
}

function contentOf(text: string): Answer["content"] {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
