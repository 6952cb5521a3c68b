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
 * An error of the AWS SDK in words: the cause, and what to do. The SDK's own message is not used: it quotes identities.
 * @param context whether our own time limit ended the call, that limit in milliseconds, and the clock in milliseconds
 */
export function explainAwsError(
  error: unknown,
  { service, region, keys }: AwsIdentity,
  { timedOut, timeout, now }: { timedOut: boolean; timeout: number; now: () => number },
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
      const message = `${where} refuses the request's time: this clock is ${minutes} minutes ${skew > 0 ? "fast" : "slow"}`;
      return new ExchangeError("failed", message, "set the clock of the machine, then run registry-login");
    }
    const hint = "check _PASSWORD: it does not belong to the access key in _USER";
    return new ExchangeError("refused", `${where} refuses the signature: the secret key is wrong`, hint);
  }
  if (/^AccessDenied/.test(name)) {
    const actions =
      service === "ecr"
        ? "ecr:GetAuthorizationToken"
        : "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken";
    return new ExchangeError(
      "refused",
      `the AWS identity may not call ${actions}`,
      `allow it ${actions} in its IAM policy`,
    );
  }
  if (/^ExpiredToken/.test(name)) {
    const hint = "get fresh temporary keys: user, password and session token belong together";
    return new ExchangeError("refused", "the AWS session token has expired", hint);
  }
  if (
    /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|IncompleteSignature)/.test(
      name,
    )
  ) {
    return new ExchangeError("refused", `${where} does not know the access key`, hintForUnknownKey(service, keys));
  }
  if (/^(?:CredentialsProviderError|TokenProviderError|ProviderError)/.test(name)) {
    const hint = "set _USER and _PASSWORD to an access key, or give the container a profile, SSO login or role";
    return new ExchangeError("failed", "this machine has no AWS identity", hint);
  }
  if (timedOut) {
    const hint = "check the network, the proxy and the region in the host name";
    return new ExchangeError("unreachable", `no answer of ${where} within ${timeout / 1000} s`, hint);
  }
  if (status === 429 || status >= 500 || /Throttl|TooManyRequests|ServerException/.test(name)) {
    return new ExchangeError("unreachable", `${where} cannot answer now (${name})`, "try again later");
  }
  if (failure.code !== undefined) {
    const hint = "check the network, the proxy and the region in the host name";
    return new ExchangeError("unreachable", `there is no way to ${where} (${failure.code})`, hint);
  }
  return new ExchangeError(
    "failed",
    `${where} answered ${name || "an unknown error"}`,
    "check the access key and the region",
  );
}

function hintForUnknownKey(service: AwsIdentity["service"], keys: AwsIdentity["keys"]): string {
  if (service === "ecr-public") {
    return "check _USER; keys of AWS China and GovCloud cannot work here: ECR Public only exists in the public partition";
  }
  return keys?.accessKeyId.startsWith("ASIA") === true && keys.sessionToken === null
    ? "it is a temporary one, and needs its session token in <ID>_CONTAINER_REGISTRY_SESSION_TOKEN"
    : "check _USER (deleted, inactive, of another partition?)";
}

/** How far our clock is ahead of the server's, in seconds; 0 where the server did not say its time. */
function clockSkew({ $response }: AwsFailure, nowMs: number): number {
  const date = Date.parse($response?.headers?.date ?? "");
  return Number.isNaN(date) ? 0 : Math.round((nowMs - date) / 1000);
}
