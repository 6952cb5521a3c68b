import { type Code, type Explanation, explain } from "../findings/finding.ts";
import { describeNetworkError } from "../network/network-error.ts";
import { RequestError } from "../network/request-error.ts";
import type { AwsIdentity } from "./aws-identity.ts";
import { ExchangeError } from "./credential.ts";

interface AwsFailure {
  readonly name?: string;
  /** The SDK sets it for errors that a service answered; all others are JavaScript's or its own. */
  readonly $fault?: "client" | "server";
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
  if (error instanceof RequestError) return new ExchangeError("unreachable", explainRoute(error, where));
  if (/html/i.test(failure.$response?.headers?.["content-type"] ?? "")) {
    return new ExchangeError("unreachable", explain("aws-no-route", { where, error: `a web page answered ${status}` }));
  }
  if (status === 429 || status >= 500 || /Throttl|TooManyRequests|ServerException/.test(name)) {
    return new ExchangeError("unreachable", explain("aws-busy", { where, error: nameOf(failure, status) }));
  }
  return new ExchangeError("failed", explain("aws-unknown", { where, error: nameOf(failure, status) }));
}

/** Why AWS could not be reached: a finding of its own where it is not the way to AWS that fails. */
function explainRoute({ code, host }: RequestError, where: string): Explanation {
  const finding = describeNetworkError({ code }, host);
  return SPECIFIC.has(finding.code) ? finding : explain("aws-no-route", { where, error: code });
}

const SPECIFIC: ReadonlySet<Code> = new Set<Code>([
  "answer-too-long",
  "not-http",
  "no-tls",
  "certificate-authority",
  "certificate-expired",
  "certificate-early",
  "certificate-name",
  "proxy-login",
  "proxy-address",
  "proxy-scheme",
  "proxy-refuses",
  "proxy-unreachable",
]);

/** AWS's name for an error. It comes from the answer, so only what looks like such a name is shown; else the status. */
function nameOf({ name = "", $fault }: AwsFailure, status: number): string {
  // The SDK's name for an answer without one is Unknown.
  if ($fault !== undefined && name !== "Unknown" && /^[A-Za-z0-9.]{1,64}$/.test(name)) return name;
  return status === 0 ? "an unknown error" : `status ${status}`;
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
