import { explain } from "../../findings/finding.ts";
import { callCloud, errorName, errorText, lifeOf, textOf, type World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { type AccessToken, type GoogleWay, googleAddress, SCOPE } from "./access-token.ts";

const WHERE = "Google's IAM credentials service";

/** What may be different from one impersonation to another. */
export interface Impersonation {
  readonly delegates?: readonly string[] | undefined;
  readonly lifeSeconds?: number | undefined;
}

/**
 * Exchanges the token of one identity for one of a service account that it may act as.
 * @param address of the service account's `generateAccessToken`
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export async function impersonate(
  token: string,
  address: string,
  way: GoogleWay,
  { delegates, lifeSeconds = 3600 }: Impersonation = {},
): Promise<AccessToken> {
  const url = googleAddress(address, "service_account_impersonation_url", way);
  const account = accountOf(url);
  const reply = await callCloud(way.world, WHERE, url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      scope: [SCOPE],
      lifetime: `${lifeSeconds}s`,
      ...(delegates === undefined ? {} : { delegates }),
    }),
  });
  const secret = textOf(reply.json.accessToken);
  if (reply.status === 200 && secret !== "") {
    return { secret, lifeSeconds: lifeUntil(reply.json.expireTime, way.world) };
  }
  if (/SERVICE_DISABLED|has not been used|is disabled/.test(errorText(reply))) {
    throw new ExchangeError("refused", explain("google-iam-api-disabled", { account }));
  }
  const code =
    reply.status === 403 || reply.status === 404 ? "google-impersonation-denied" : "google-impersonation-failed";
  throw new ExchangeError("refused", explain(code, { account, error: errorName(reply) }));
}

function accountOf({ pathname }: URL): string {
  return (
    /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(decodeURIComponent(pathname))?.[1] ?? "a service account"
  );
}

function lifeUntil(time: unknown, { now }: World): number {
  return lifeOf((Date.parse(textOf(time)) - now()) / 1000);
}
