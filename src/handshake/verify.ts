import { STATUS_CODES } from "node:http";
import * as z from "zod/mini";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import type { Credential } from "../exchange/credential.ts";
import type { Registry } from "../registries/registry.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Answer, Send } from "./http.ts";
import { describeNetworkError, isCertificateError } from "./network-error.ts";
import { checkRealm } from "./realm.ts";
import { withRetries } from "./retry.ts";

/**
 * What a registry says of a credential.
 * - `verified`: it takes it. `refused`: it does not (401, 403).
 * - `unreachable`: no verdict, for a reason that may pass. `failed`: no verdict, and trying again will not help.
 */
export interface Verdict {
  readonly outcome: "verified" | "refused" | "unreachable" | "failed";
  readonly detail: string;
  readonly hint: string;
}

const tokenAnswer = z.object({ token: z.optional(z.string()), access_token: z.optional(z.string()) });

const MAX_REDIRECTS = 3;

/** An end of the handshake that is not a plain answer of the registry. */
class Ended extends Error {
  readonly verdict: Verdict;
  constructor(verdict: Verdict) {
    super(verdict.detail);
    this.verdict = verdict;
  }
}

/**
 * The registry API's own handshake: `GET /v2/`, answer the challenge (Basic, or Bearer with a token of the token
 * service), and see whether the registry then says 200. Needs no docker.
 * @param timeoutMs time for the whole handshake, retries included
 * Source: https://distribution.github.io/distribution/spec/api/#api-version-check and /spec/auth/token/
 */
export async function verify(
  registry: Registry,
  credential: Credential,
  send: Send,
  timeoutMs: number,
): Promise<Verdict> {
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = withRetries(send, timeoutMs);
  const get: Get = (url, authorization) =>
    ask(url, { signal, headers: authorization === undefined ? {} : { authorization } });
  const post: Post = (url, body) =>
    ask(url, { signal, method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
  // The second scheme of a loopback registry is a better answer to an error than asking the first again.
  const tryOnce: Get = (url) => send(url, { signal });
  try {
    if (registry.kind === "npm") return await askNpm(registry, credential, get);
    const { url, answer } =
      registry.scheme === "loopback"
        ? await ping(registry, "https", tryOnce).catch((error: unknown) => {
            if (error instanceof Ended || isCertificateError(error)) throw error;
            return ping(registry, "http", get);
          })
        : await ping(registry, registry.scheme, get);
    return await authenticate(url, answer, credential, get, post);
  } catch (error) {
    if (error instanceof Ended) return error.verdict;
    if (signal.aborted) {
      return {
        outcome: "unreachable",
        detail: `no answer within ${timeoutMs / 1000} s`,
        hint: "check the network and the proxy, or give it more time with the option timeout",
      };
    }
    return { outcome: "unreachable", ...describeNetworkError(error as NodeJS.ErrnoException) };
  }
}

type Post = (url: URL, body: string) => Promise<Answer>;
type Get = (url: URL, authorization?: string) => Promise<Answer>;

/** The first, anonymous request. Follows redirects as long as they stay at the registry. */
async function ping({ endpoint }: Registry, scheme: string, get: Get): Promise<{ url: URL; answer: Answer }> {
  let url = new URL(`${scheme}://${endpoint}/v2/`);
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url);
    if (answer.status < 300 || answer.status >= 400) return { url, answer };
    const target = new URL(answer.headers.location ?? "", url);
    const same = target.origin === url.origin;
    if (!same || !/\/v2\/?$/.test(target.pathname) || redirects === MAX_REDIRECTS) {
      throw new Ended({
        outcome: "failed",
        detail: `the server redirects to ${same ? "another page" : `${target.protocol}//${target.host}`}, as a web site does`,
        hint: "write the registry's own host name as the server; credentials do not follow a redirect",
      });
    }
    url = target;
  }
}

/** npm's own question; its registry has no /v2/. */
async function askNpm({ endpoint }: Registry, { secret }: Credential, get: Get): Promise<Verdict> {
  return judge(await get(new URL(`https://${endpoint}/-/whoami`), `Bearer ${secret}`));
}

async function authenticate(url: URL, first: Answer, credential: Credential, get: Get, post: Post): Promise<Verdict> {
  const user = credential.username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : credential.username;
  const basic = `Basic ${Buffer.from(`${user}:${credential.secret}`).toString("base64")}`;
  if (first.status === 200 && /html/i.test(first.headers["content-type"] ?? "")) {
    const hint = "check the host name: a registry often has one of its own, like registry.gitlab.com for gitlab.com";
    return { outcome: "failed", detail: "the server answers with a web page, not as a registry", hint };
  }
  // An open registry asks for nothing; the credential is sent all the same, to hear whether it is a wrong one.
  if (first.status === 200) return judge(await get(url, basic));
  if (first.status === 403) {
    const hint = "no password was sent yet: it refuses this machine (firewall, IP rule, VPN)";
    return { ...judge(first), hint };
  }
  if (first.status !== 401) return judge(first);
  const challenges = parseChallenges(first.challenges);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    const token = await fetchToken(url, bearer, (service) =>
      user === credential.username
        ? get(service, basic)
        : post(refreshUrl(service), refreshForm(service, credential.secret)),
    );
    return judge(await get(url, `Bearer ${token}`));
  }
  if (challenges.some(({ scheme }) => scheme === "basic")) return judge(await get(url, basic));
  const schemes = challenges.map(({ scheme }) => scheme.slice(0, 40)).join(", ");
  return {
    outcome: "failed",
    detail: schemes === "" ? "the registry does not say how to log in" : `the registry only knows the login ${schemes}`,
    hint: "container clients log in by Basic or Bearer: check that the server is a container registry",
  };
}

/** As clients use an identity token. Source: https://distribution.github.io/distribution/spec/auth/oauth/ */
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

async function fetchToken(
  registry: URL,
  challenge: Challenge,
  askService: (service: URL) => Promise<Answer>,
): Promise<string> {
  const url = checkRealm(challenge.params.realm, registry);
  if (typeof url === "string") {
    throw new Ended({
      outcome: "failed",
      detail: `the token service ${url}; no credential was sent to it`,
      hint: "ask the registry's administrator: the realm of its challenge is not one that clients should trust",
    });
  }
  const { service, scope } = challenge.params;
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  const answer = await askService(url);
  if (answer.status !== 200) throw new Ended(judge(answer, `the token service ${url.host}`));
  const parsed = tokenAnswer.safeParse(parseJson(answer.body));
  const token = parsed.success ? parsed.data.token || parsed.data.access_token : undefined;
  if (token !== undefined && token !== "" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new Ended({
    outcome: "failed",
    detail: `the token service ${url.host} answered without a token`,
    hint: "try again later; if it stays so, ask the registry's administrator",
  });
}

function judge({ status, headers }: Answer, who = "the registry"): Verdict {
  if (status === 200) return { outcome: "verified", detail: "", hint: "" };
  const detail = `${who} answered ${[status, STATUS_CODES[status]].join(" ").trim()}`;
  if (status === 401 || status === 403) return { outcome: "refused", detail, hint: "" };
  if (status === 407) {
    const hint = "put the proxy's user and password into its address (https_proxy), or the host into no_proxy";
    return { outcome: "unreachable", detail: "the proxy asks for a login (407)", hint };
  }
  if (status === 429 || status >= 500) {
    const wait = /^[0-9]{1,6}$/.exec(headers["retry-after"] ?? "")?.[0];
    return { outcome: "unreachable", detail, hint: wait === undefined ? "try again later" : `try again in ${wait} s` };
  }
  if (status === 431) {
    return { outcome: "failed", detail, hint: "the password is too long for it: check that it is the right one" };
  }
  const hint = "a container registry answers otherwise at /v2/: check the host name and the port of the server";
  return { outcome: "failed", detail, hint };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
