import { explain } from "../findings/finding.ts";
import type { AwsIdentity } from "./aws-identity.ts";
import { ExchangeError } from "./credential.ts";

interface AwsFailure {
  readonly name?: string;
  readonly code?: string;
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const MAX_SKEW_SECONDS = 5 * 60;

/**
 * The finding for an error of the AWS SDK. The SDK's own message is not used: it quotes identities.
 * @param context the secret set that hints name; whether our own time limit ended the call; that limit in milliseconds; and
 *   the clock in milliseconds
 */
export function explainAwsError(
  error: unknown,
  { service, region, keys }: AwsIdentity,
  { identifier, timedOut, timeout, now }: { identifier: string; timedOut: boolean; timeout: number; now: () => number },
): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const failure = error as AwsFailure;
  const name = failure.name ?? "";
  const status = failure.$metadata?.httpStatusCode ?? failure.$response?.statusCode ?? 0;
  const where = service === "ecr" ? `AWS ECR in ${region}` : "AWS ECR Public";
  const skew = clockSkew(failure, now());
  if (/^(?:SignatureDoesNotMatch|InvalidSignature|RequestExpired|RequestTimeTooSkewed)/.test(name)) {
    if (Math.abs(skew) > MAX_SKEW_SECONDS) {
      const minutes = Math.round(Math.abs(skew) / 60);
      const direction = skew > 0 ? "fast" : "slow";
      return new ExchangeError("failed", explain("aws-clock", { where, minutes, direction }));
    }
    return new ExchangeError("refused", explain("aws-signature", { where, identifier }));
  }
  if (/^AccessDenied/.test(name)) {
    const actions =
      service === "ecr"
        ? "ecr:GetAuthorizationToken"
        : "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken";
    return new ExchangeError("refused", explain("aws-action-denied", { where, actions }));
  }
  if (/^ExpiredToken/.test(name)) {
    return new ExchangeError("refused", explain("aws-session-expired", { where, identifier }));
  }
  if (
    /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|IncompleteSignature)/.test(
      name,
    )
  ) {
    return new ExchangeError("refused", explain(codeOfUnknownKey(service, keys), { where, identifier }));
  }
  if (/^(?:CredentialsProviderError|TokenProviderError|ProviderError)/.test(name)) {
    return new ExchangeError("failed", explain("aws-no-identity", { where, identifier }));
  }
  if (timedOut) {
    return new ExchangeError("unreachable", explain("aws-no-answer", { where, seconds: timeout / 1000 }));
  }
  if (status === 429 || status >= 500 || /Throttl|TooManyRequests|ServerException/.test(name)) {
    return new ExchangeError("unreachable", explain("aws-busy", { where, error: name }));
  }
  if (failure.code !== undefined) {
    return new ExchangeError("unreachable", explain("aws-no-route", { where, error: failure.code }));
  }
  return new ExchangeError("failed", explain("aws-unknown", { where, error: name || "an unknown error" }));
}

function codeOfUnknownKey(service: AwsIdentity["service"], keys: AwsIdentity["keys"]) {
  if (service === "ecr-public") return "aws-partition";
  const temporary = keys?.accessKeyId.startsWith("ASIA") === true && keys.sessionToken === null;
  return temporary ? "aws-session-missing" : "aws-key-unknown";
}

/** How far our clock is ahead of the server's, in seconds; 0 if the response has no date. */
function clockSkew({ $response }: AwsFailure, nowMs: number): number {
  const date = Date.parse($response?.headers?.date ?? "");
  return Number.isNaN(date) ? 0 : Math.round((nowMs - date) / 1000);
}
