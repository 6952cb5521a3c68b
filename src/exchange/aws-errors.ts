import { type Code, type Explanation, explain } from "../findings/finding.ts";
import { describeNetworkError } from "../network/network-error.ts";
import { RequestError } from "../network/request-error.ts";
import { ForeignAnswer } from "./aws-answer.ts";
import type { Asked } from "./aws-http.ts";
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

interface Circumstances {
  /** The secret set that hints name. */
  readonly identifier: string;
  /** Whether our own time limit ended the call. */
  readonly timedOut: boolean;
  /** That limit, in milliseconds. */
  readonly timeout: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whom the last request went to. */
  readonly asked: Asked | undefined;
}

/** The finding for an error of the AWS SDK. The SDK's own message is not used: it quotes identities. */
export function explainAwsError(
  error: unknown,
  { service, region, keys }: AwsIdentity,
  { identifier, timedOut, timeout, now, asked }: Circumstances,
): ExchangeError {
  if (error instanceof ExchangeError) return error;
  if (error instanceof ForeignAnswer) return new ExchangeError("unreachable", error.finding);
  const failure = error as AwsFailure;
  const name = failure.name ?? "";
  const status = failure.$metadata?.httpStatusCode ?? failure.$response?.statusCode ?? 0;
  // The default chain also asks other services (STS, SSO) for an identity.
  const isRegistry = asked?.isRegistry !== false;
  const registry = service === "ecr" ? `AWS ECR in ${region}` : "AWS ECR Public";
  const where = isRegistry ? registry : `AWS at ${asked.host}`;
  const skew = clockSkew(failure, now());
  if (/^(?:SignatureDoesNotMatch|InvalidSignature|RequestExpired|RequestTimeTooSkewed)/.test(name)) {
    if (Math.abs(skew) > MAX_SKEW_SECONDS) {
      const minutes = Math.round(Math.abs(skew) / 60);
      const direction = skew > 0 ? "fast" : "slow";
      return new ExchangeError("failed", explain("aws-clock", { where, minutes, direction }));
    }
    return new ExchangeError("refused", explain("aws-signature", { where, identifier }));
  }
  if (!isRegistry && failure.$fault === "client" && status !== 429 && !/Throttl|TooManyRequests/.test(name)) {
    const error = nameOf(failure, status);
    return new ExchangeError("failed", explain("aws-identity-rejected", { where, error }));
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
  if (status === 429 || status >= 500 || /Throttl|TooManyRequests|ServerException/.test(name)) {
    return new ExchangeError("unreachable", explain("aws-busy", { where, error: nameOf(failure, status) }));
  }
  return new ExchangeError("failed", explain("aws-unknown", { where, error: nameOf(failure, status) }));
}

/** Why AWS could not be reached: a finding of its own where it is not the way to AWS that fails. */
function explainRoute({ code, host, reason }: RequestError, where: string): Explanation {
  const finding = describeNetworkError(reason, host);
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
  "certificate-incomplete",
  "certificate-no-names",
  "certificate-rejected",
  "client-certificate",
  "tls-version",
  "tls-alert",
  "proxy-login",
  "proxy-address",
  "proxy-scheme",
  "proxy-refuses",
  "proxy-unreachable",
  "proxy-certificate",
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
