import * as z from "zod/mini";
import type { Credential } from "../exchange/credential.ts";
import { explain, messageOf } from "../findings/finding.ts";
import type { Answer, Send } from "../network/http.ts";
import { describeNetworkError, isUnknownHost, isUnreachable, speaksTls } from "../network/network-error.ts";
import { RequestError } from "../network/request-error.ts";
import { parseJson } from "../platform/json.ts";
import type { Registry } from "../registries/registry.ts";
import { answerChallenge } from "./authenticate.ts";
import { type Conversation, converse, type Get } from "./conversation.ts";
import { basicAuthorization } from "./token.ts";
import { Ended, judge, judgeLogin, VERIFIED, type Verdict, verdictOf } from "./verdict.ts";

const MAX_REDIRECTS = 3;

/**
 * Checks a credential by the registry API's own handshake: `GET /v2/`, then the answer to the challenge (Basic, or Bearer
 * with a token of the token service), which the registry accepts with a 200. Needs no docker.
 * @param timeoutMs milliseconds for the whole handshake, retries included
 * Source: https://distribution.github.io/distribution/spec/api/#api-version-check and /spec/auth/token/
 */
export async function verify(
  registry: Registry,
  credential: Credential,
  send: Send,
  timeoutMs: number,
): Promise<Verdict> {
  return await converse(send, registry.endpoint, timeoutMs, async (conversation) => {
    if (registry.kind === "npm") return await askNpm(registry, credential, conversation.get);
    const { url, answer } = await reach(registry, conversation);
    return await authenticate(registry, url, answer, credential, conversation);
  });
}

/**
 * Finds out how a registry is reached: the URL of its /v2/, and the response there to an anonymous request.
 * @throws Ended or RequestError
 */
export async function reach(
  registry: Registry,
  { get, getOnce }: Conversation,
): Promise<{ readonly url: URL; readonly answer: Answer }> {
  if (registry.scheme === "unencrypted") return await pingEncrypted(registry, getOnce);
  if (registry.scheme !== "loopback") return await ping(registry, registry.scheme, get);
  return await ping(registry, "https", getOnce).catch((error: unknown) => {
    if (error instanceof Ended || speaksTls(error)) throw error;
    return ping(registry, "http", get);
  });
}

/** Clients also try https first. Over http, a password would cross the network unencrypted. */
async function pingEncrypted(registry: Registry, get: Get): Promise<{ url: URL; answer: Answer }> {
  return await ping(registry, "https", get).catch((error: unknown) => {
    const { endpoint } = registry;
    // On the port of http, nothing may listen for https.
    const hasOtherPort = !/:[0-9]+$/.test(endpoint) && isUnreachable(error) && !isUnknownHost(error);
    const isPlain = error instanceof RequestError && (error.code === "ERR_TLS_NONE" || hasOtherPort);
    throw isPlain ? new Ended(verdictOf("unreachable", explain("server-unencrypted", { host: endpoint }))) : error;
  });
}

/** Sends the first, anonymous request. Follows redirects that stay at the registry. */
async function ping({ endpoint }: Registry, scheme: string, get: Get): Promise<{ url: URL; answer: Answer }> {
  let url = new URL(`${scheme}://${endpoint}/v2/`);
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url);
    if (wantsClientCertificate(answer)) {
      const alert = `status ${answer.status}`;
      const error = { code: "ERR_TLS_CLIENT_CERTIFICATE", alert };
      throw new Ended(verdictOf("unreachable", describeNetworkError(error, url.host)));
    }
    if (answer.status < 300 || answer.status >= 400) return { url, answer };
    const location = answer.headers.location ?? "";
    if (!URL.canParse(location, url.href)) {
      throw new Ended(verdictOf("failed", explain("redirected", { host: url.host, target: "an invalid address" })));
    }
    const target = new URL(location, url);
    const same = target.origin === url.origin;
    if (!same || !/\/v2\/?$/.test(target.pathname) || redirects === MAX_REDIRECTS) {
      const where = same ? "a different page" : `${target.protocol}//${target.host}`;
      throw new Ended(verdictOf("failed", explain("redirected", { host: url.host, target: where })));
    }
    url = target;
  }
}

/** nginx sets TLS up without a client certificate, and rejects the request. Source: ngx_http_special_response.c (495, 496) */
function wantsClientCertificate({ status, body }: Answer): boolean {
  return status === 400 && /No required SSL certificate was sent|The SSL certificate error/.test(body);
}

/** Checks a token as `npm whoami` does; an npm registry has no /v2/. A response without a name means an unknown token. */
async function askNpm({ host, endpoint }: Registry, { secret }: Credential, get: Get): Promise<Verdict> {
  const answer = await get(new URL(`https://${endpoint}/-/whoami`), `Bearer ${secret}`);
  if (answer.status !== 200 || whoami.safeParse(parseJson(answer.body)).success) return judge(answer, endpoint);
  return { outcome: "refused", code: "npm-token-unknown", detail: messageOf("npm-token-unknown", { host }), hint: "" };
}

const whoami = z.object({ username: z.string().check(z.minLength(1)) });

/** Is this the page of a web site? Some answer every request with one. */
export function isWebPage({ status, headers }: Answer): boolean {
  return status === 200 && /html/i.test(headers["content-type"] ?? "");
}

/** Registries whose token services give everybody a token, and reject a wrong login. */
const STRICT_HOSTS: ReadonlySet<string> = new Set(["quay.io", "nvcr.io", "registry.gitlab.com"]);

/**
 * Where whoever logs in as nobody gets the same answer, acceptance proves nothing. That is said of registries of no known
 * kind: those of the known ones reject a wrong login.
 */
function isUnproven({ kind, host }: Registry): boolean {
  return kind === "generic" && !STRICT_HOSTS.has(host);
}

function unproven(host: string): Verdict {
  const { code, message: detail, hint } = explain("login-unproven", { host });
  return { ...VERIFIED, code, detail, hint };
}

/** Does the registry also accept what its token service gives to nobody? */
async function acceptsNobody(url: URL, first: Answer, conversation: Conversation): Promise<boolean> {
  try {
    const authorization = await answerChallenge(url, first, null, conversation);
    return authorization !== undefined && (await conversation.get(url, authorization)).status === 200;
  } catch (error) {
    if (error instanceof Ended || error instanceof RequestError) return false;
    throw error;
  }
}

async function authenticate(
  registry: Registry,
  url: URL,
  first: Answer,
  credential: Credential,
  conversation: Conversation,
): Promise<Verdict> {
  const { host } = url;
  if (isWebPage(first)) return verdictOf("failed", explain("web-page", { host }));
  // A registry that is open to all gets the credential anyway: it may reject a wrong one.
  if (first.status === 200) {
    const verdict = judge(await conversation.get(url, basicAuthorization(credential, host)), host);
    return verdict.outcome === "verified" && isUnproven(registry) ? unproven(host) : verdict;
  }
  // No password was sent yet, so the registry rejects the machine.
  if (first.status === 403) {
    if (registry.kind === "acr" && /not allowed access/.test(first.body))
      return verdictOf("refused", explain("acr-firewall", { host }));
    const { said = { who: host, status: "403" } } = judge(first, host);
    return verdictOf("refused", explain("machine-refused", said));
  }
  if (first.status !== 401) return judge(first, host);
  const authorization = await answerChallenge(url, first, credential, conversation);
  const verdict = judgeLogin(await conversation.get(url, authorization), host);
  if (verdict.outcome !== "verified" || !isUnproven(registry)) return verdict;
  return (await acceptsNobody(url, first, conversation)) ? unproven(host) : verdict;
}
