import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { explain } from "../findings/finding.ts";
import { type AuthorizationData, askDirectly } from "./aws-direct.ts";
import { explainAwsError } from "./aws-errors.ts";
import type { AwsIdentity } from "./aws-identity.ts";
import { ExchangeError } from "./credential.ts";

/** A registry token of AWS, with its user name `AWS` left out. Times are in epoch seconds. */
export interface AwsToken {
  readonly secret: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Until when AWS is not to be asked again, since it did not give a new one. */
  readonly retryAt?: number | undefined;
}

export interface AwsOptions {
  /** The secret set that messages name. */
  readonly identifier: string;
  /** Milliseconds for the whole exchange, retries included. */
  readonly timeout: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The agent (proxy, CA bundle) for an address. */
  readonly agentFor: (url: URL) => HttpAgent;
}

/** AWS's own words: a token lives twelve hours. Counts where an answer does not say. */
const LIFE_SECONDS = 12 * 3600;

/**
 * Asks AWS for a registry token: `GetAuthorizationToken`, without registryIds, since a token belongs to an identity and
 * a region. With keys, the default chain is never consulted.
 * @throws ExchangeError with the cause, and what to do about it
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export async function exchangeAws(identity: AwsIdentity, options: AwsOptions): Promise<AwsToken> {
  // The SDK would print a warning into the hook's output on a Node that it is about to leave behind.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const abortSignal = AbortSignal.timeout(options.timeout);
  try {
    // The signal does not reach what the default chain starts (a program, a metadata service).
    const timeUp = new Promise<never>((_, reject) => {
      abortSignal.addEventListener("abort", () => reject(abortSignal.reason), { once: true });
    });
    const data = await Promise.race([getAuthorizationData(identity, options, abortSignal), timeUp]);
    return readToken(data, options.now());
  } catch (error) {
    throw explainAwsError(error, identity, { timedOut: abortSignal.aborted, ...options });
  }
}

async function getAuthorizationData(
  identity: AwsIdentity,
  { agentFor, now }: AwsOptions,
  abortSignal: AbortSignal,
): Promise<AuthorizationData | undefined> {
  const direct = await askDirectly(identity, process.env, { agentFor, now, signal: abortSignal });
  if (direct !== null) return direct;
  const sdk = await import("./aws-sdk.ts");
  const { service, region, keys } = identity;
  const settings = {
    region,
    systemClockOffset: now() - Date.now(),
    ...(keys === null
      ? {}
      : {
          credentials: {
            accessKeyId: keys.accessKeyId,
            secretAccessKey: keys.secretAccessKey,
            ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken }),
          },
        }),
    requestHandler: {
      httpAgent: agentFor(new URL(`http://${endpointHost(identity)}`)),
      httpsAgent: agentFor(new URL(`https://${endpointHost(identity)}`)) as HttpsAgent,
    },
  };
  if (service === "ecr-public") {
    const { ECRPUBLICClient, GetAuthorizationTokenCommand } = await sdk.loadEcrPublic();
    const answer = await new ECRPUBLICClient(settings).send(new GetAuthorizationTokenCommand({}), { abortSignal });
    return answer.authorizationData;
  }
  const { ECRClient, GetAuthorizationTokenCommand } = await sdk.loadEcr();
  const client = new ECRClient({
    ...settings,
    useFipsEndpoint: identity.fips,
    useDualstackEndpoint: identity.dualStack,
  });
  return (await client.send(new GetAuthorizationTokenCommand({}), { abortSignal })).authorizationData?.[0];
}

/** The host that is asked, as far as proxies and messages need to know it; the SDK makes the real address. */
function endpointHost({ service, region }: AwsIdentity): string {
  const variable = service === "ecr" ? process.env.AWS_ENDPOINT_URL_ECR : process.env.AWS_ENDPOINT_URL_ECR_PUBLIC;
  const own = variable || process.env.AWS_ENDPOINT_URL;
  if (own !== undefined && own !== "" && URL.canParse(own)) return new URL(own).host;
  return `api.${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function readToken(data: AuthorizationData | undefined, nowMs: number): AwsToken {
  const text = Buffer.from(data?.authorizationToken ?? "", "base64").toString("utf8");
  // Only the first colon separates: a token may hold others.
  const at = text.indexOf(":");
  if (at === -1 || text.length === at + 1) {
    throw new ExchangeError("failed", explain("aws-no-token"));
  }
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt =
    data?.expiresAt === undefined ? issuedAt + LIFE_SECONDS : Math.floor(data.expiresAt.getTime() / 1000);
  return { secret: text.slice(at + 1), issuedAt, expiresAt };
}
