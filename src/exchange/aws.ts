import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { explainAwsError } from "./aws-errors.ts";
import type { AwsIdentity } from "./aws-identity.ts";
import { ExchangeError } from "./credential.ts";

/** A registry token of AWS; its user name is always `AWS`. Times are in epoch seconds. */
export interface AwsToken {
  readonly secret: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** No new token is requested from AWS before this time, because the last request failed. */
  readonly retryAt?: number | undefined;
}

export interface AwsOptions {
  /** The secret set that messages name. */
  readonly identifier: string;
  /** Where the addresses that replace AWS's own are looked up (AWS_ENDPOINT_URL and its kin). */
  readonly env: Environment;
  /** Milliseconds for the whole exchange, retries included. */
  readonly timeout: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The agent (proxy, CA bundle) for an address. */
  readonly agentFor: (url: URL) => HttpAgent;
}

/** How long a token is valid where AWS's answer does not say: twelve hours, by its documentation. */
const LIFE_SECONDS = 12 * 3600;

/** What AWS's SDK returns; fields are missing where AWS gave no token. */
interface AuthorizationData {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/**
 * Requests a registry token from AWS: `GetAuthorizationToken`, without registryIds, since a token belongs to an identity
 * and a region. With keys, the SDK's default chain (profile, SSO, instance) is never used. The SDK reads its other
 * settings from `process.env` and from AWS's config files.
 * @throws ExchangeError with the cause, and what to do about it
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export async function exchangeAws(identity: AwsIdentity, options: AwsOptions): Promise<AwsToken> {
  const abortSignal = AbortSignal.timeout(options.timeout);
  try {
    // The signal does not stop what the default chain starts (a program, a request to a metadata service).
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
  { env, agentFor, now }: AwsOptions,
  abortSignal: AbortSignal,
): Promise<AuthorizationData | undefined> {
  const sdk = await import("./aws-sdk.ts");
  const { service, region, keys } = identity;
  const host = endpointHost(identity, env);
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
      httpAgent: agentFor(new URL(`http://${host}`)),
      httpsAgent: agentFor(new URL(`https://${host}`)) as HttpsAgent,
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

/** The host that is asked, as far as the choice of a proxy depends on it; the SDK makes the real address. */
function endpointHost({ service, region }: AwsIdentity, env: Environment): string {
  const own = (service === "ecr" ? env.AWS_ENDPOINT_URL_ECR : env.AWS_ENDPOINT_URL_ECR_PUBLIC) || env.AWS_ENDPOINT_URL;
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
