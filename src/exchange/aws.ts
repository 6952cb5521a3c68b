import { explain } from "../findings/finding.ts";
import { epochSeconds } from "../platform/epoch.ts";
import { withTimeLimit } from "../platform/time-limit.ts";
import { explainAwsError } from "./aws-errors.ts";
import { type Asked, createAwsHandler } from "./aws-http.ts";
import type { AwsIdentity } from "./aws-identity.ts";
import { checkAwsFiles, limitAnswers } from "./aws-limits.ts";
import { ExchangeError } from "./credential.ts";
import type { ExchangeOptions } from "./options.ts";
import type { RegistryToken } from "./token.ts";

/** How long a token is valid if AWS's answer does not say so, or nothing that makes sense: twelve hours, as documented. */
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
export async function exchangeAws(identity: AwsIdentity, options: ExchangeOptions): Promise<RegistryToken> {
  checkAwsFiles(options.env);
  limitAnswers();
  return await withTimeLimit(options.timeout, async (signal) => {
    let asked: Asked | undefined;
    const report = (next: Asked): void => {
      asked = next;
    };
    try {
      // The signal does not stop what the default chain starts (a program, a request to a metadata service).
      const timeUp = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      const data = await Promise.race([getAuthorizationData(identity, options, signal, report), timeUp]);
      return readToken(data, options.now());
    } catch (error) {
      throw explainAwsError(error, identity, { timedOut: signal.aborted, asked, ...options });
    }
  });
}

async function getAuthorizationData(
  identity: AwsIdentity,
  { send, now }: ExchangeOptions,
  abortSignal: AbortSignal,
  report: (asked: Asked) => void,
): Promise<AuthorizationData | undefined> {
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
    requestHandler: createAwsHandler(send, abortSignal, report),
  };
  if (service === "ecr-public") {
    const { ECRPUBLICClient, GetAuthorizationTokenCommand } = await sdk.loadEcrPublic();
    const client = new ECRPUBLICClient({ ...settings, useDualstackEndpoint: identity.dualStack });
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal });
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

function readToken(data: AuthorizationData | undefined, nowMs: number): RegistryToken {
  const text = Buffer.from(data?.authorizationToken ?? "", "base64").toString("utf8");
  // Only the first colon separates: a token may hold others.
  const at = text.indexOf(":");
  if (at === -1 || text.length === at + 1) {
    throw new ExchangeError("failed", explain("aws-no-token"));
  }
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = epochSeconds((data?.expiresAt?.getTime() ?? Number.NaN) / 1000) ?? issuedAt + LIFE_SECONDS;
  return { secret: text.slice(at + 1), issuedAt, expiresAt };
}
