import * as z from "zod/mini";
import type { Credential } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";
import type { Registry } from "../registries/registry.ts";
import { parseChallenges } from "./challenge.ts";
import type { Answer, Send } from "./http.ts";
import { describeNetworkError, isCertificateError } from "./network-error.ts";
import { withRetries } from "./retry.ts";
import { basicAuthorization, fetchToken, type Get, type Post, parseJson } from "./token.ts";
import { Ended, judge, type Verdict, verdictOf } from "./verdict.ts";

const MAX_REDIRECTS = 3;

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
      return verdictOf("unreachable", explain("no-answer", { seconds: timeoutMs / 1000 }));
    }
    return verdictOf("unreachable", describeNetworkError(error as NodeJS.ErrnoException));
  }
}

/** The first, anonymous request. Follows redirects as long as they stay at the registry. */
async function ping({ endpoint }: Registry, scheme: string, get: Get): Promise<{ url: URL; answer: Answer }> {
  let url = new URL(`${scheme}://${endpoint}/v2/`);
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url);
    if (answer.status < 300 || answer.status >= 400) return { url, answer };
    const target = new URL(answer.headers.location ?? "", url);
    const same = target.origin === url.origin;
    if (!same || !/\/v2\/?$/.test(target.pathname) || redirects === MAX_REDIRECTS) {
      const where = same ? "another page" : `${target.protocol}//${target.host}`;
      throw new Ended(verdictOf("failed", explain("redirected", { target: where })));
    }
    url = target;
  }
}

/** npm's own question; its registry has no /v2/. An answer without a name means that the token is nobody's. */
async function askNpm({ endpoint }: Registry, { secret }: Credential, get: Get): Promise<Verdict> {
  const answer = await get(new URL(`https://${endpoint}/-/whoami`), `Bearer ${secret}`);
  if (answer.status !== 200 || whoami.safeParse(parseJson(answer.body)).success) return judge(answer);
  return verdictOf("refused", explain("npm-token-unknown", { identifier: "<ID>" }));
}

const whoami = z.object({ username: z.string().check(z.minLength(1)) });

async function authenticate(url: URL, first: Answer, credential: Credential, get: Get, post: Post): Promise<Verdict> {
  const basic = basicAuthorization(credential);
  if (first.status === 200 && /html/i.test(first.headers["content-type"] ?? "")) {
    return verdictOf("failed", explain("web-page"));
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
    const token = await fetchToken(url, bearer, credential, get, post);
    return judge(await get(url, `Bearer ${token}`));
  }
  if (challenges.some(({ scheme }) => scheme === "basic")) return judge(await get(url, basic));
  const schemes = challenges.map(({ scheme }) => scheme.slice(0, 40)).join(", ");
  return verdictOf("failed", schemes === "" ? explain("no-challenge") : explain("unknown-challenge", { schemes }));
}
