import * as z from "zod/mini";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import type { Credential } from "../exchange/credential.ts";
import { cause } from "../findings/cause.ts";
import { explain } from "../findings/finding.ts";
import type { Challenge } from "../network/challenge.ts";
import { RequestError } from "../network/request-error.ts";
import { parseJson } from "../platform/json.ts";
import { holdsAccessKey } from "../secrecy/tokens.ts";
import type { Conversation } from "./conversation.ts";
import { checkRealm, mayAnswerAt } from "./realm.ts";
import { ofTokenService } from "./token-service.ts";
import { Ended, judge, judgeLogin, type Verdict, verdictOf } from "./verdict.ts";

const tokenAnswer = z.object({ token: z.nullish(z.string()), access_token: z.nullish(z.string()) });

/**
 * The Basic authorization of a credential.
 * @param host who gets it
 * @throws Ended for the secret of an AWS access key, which is only ever used to sign
 */
export function basicAuthorization({ username, secret }: Credential, host: string): string {
  if (holdsAccessKey(username, secret)) throw new Ended(verdictOf("failed", explain("aws-keys-elsewhere", { host })));
  // Azure's registries also accept their identity token by Basic, with a user name of its own.
  const user = username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username;
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
}

/**
 * Answers a Bearer challenge: requests a token from the token service, with the credential by Basic, with an identity
 * token by POST, or anonymously.
 * @param registry the URL at which the registry answered, and its IP address; null behind a proxy
 * @throws Ended when the service is not trusted, or issues no token
 * @throws RequestError when the service cannot be reached
 */
export async function fetchToken(
  registry: { readonly url: URL; readonly address: string | null },
  challenge: Challenge,
  credential: Credential | null,
  { get, post }: Pick<Conversation, "get" | "post">,
): Promise<string> {
  const url = checkRealm(challenge.params.realm, registry.url);
  if (typeof url === "string") throw untrusted(registry.url.host, url);
  const { service, scope } = challenge.params;
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  const admits =
    url.host === registry.url.host ? undefined : (address: string) => mayAnswerAt(address, registry.address);
  const asked =
    credential?.username === IDENTITY_TOKEN_USER
      ? post(refreshUrl(url), refreshForm(url, credential.secret), admits)
      : get(url, credential === null ? undefined : basicAuthorization(credential, url.host), admits);
  const answer = await asked.catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    throw error.code === "ERR_INTERNAL_ADDRESS"
      ? untrusted(registry.url.host, cause("realm-internal", { address: url.host }))
      : new RequestError("token-service", url.host, error.reason);
  });
  // docker accepts each status of success.
  if (answer.status < 200 || answer.status > 299) {
    const judgeAnswer = credential === null ? judge : judgeLogin;
    const verdict = judgeAnswer(answer, url.host, `the token service ${url.host}`);
    throw new Ended(ofService(verdict, registry.url.host, url.host), answer);
  }
  const parsed = tokenAnswer.safeParse(parseJson(answer.body));
  const token = parsed.success ? parsed.data.token || parsed.data.access_token : undefined;
  if (typeof token === "string" && token !== "" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new Ended(verdictOf("failed", explain("token-missing", { host: url.host })));
}

/** A verdict that names the service stays what it is; that it is no registry would blame the registry. */
function ofService(verdict: Verdict, registry: string, service: string): Verdict {
  if (verdict.outcome === "refused") return verdict;
  if (verdict.code === "not-a-registry") return ofTokenService(verdict, { registry, service });
  return { ...verdict, asked: "token-service" };
}

function untrusted(host: string, reason: string): Ended {
  return new Ended(verdictOf("failed", explain("token-service-untrusted", { host, cause: reason })));
}

/** The form in which clients send an identity token. Source: https://distribution.github.io/distribution/spec/auth/oauth/ */
function refreshForm({ searchParams }: URL, refreshToken: string): string {
  return new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "registry-login",
    service: searchParams.get("service") ?? "",
    scope: searchParams.get("scope") ?? "",
    refresh_token: refreshToken,
  }).toString();
}

function refreshUrl({ origin, pathname }: URL): URL {
  return new URL(pathname, origin);
}
