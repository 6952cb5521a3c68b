import * as z from "zod/mini";
import type { Credential } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";
import { parseJson } from "../platform/json.ts";
import type { Registry } from "../registries/registry.ts";
import { answerChallenge } from "./authenticate.ts";
import { type Conversation, converse, type Get } from "./conversation.ts";
import type { Answer, Send } from "./http.ts";
import { describeNetworkError, isCertificateError } from "./network-error.ts";
import { basicAuthorization } from "./token.ts";
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
  const conversation = converse(send, timeoutMs);
  return await judged(conversation, timeoutMs, async () => {
    if (registry.kind === "npm") return await askNpm(registry, credential, conversation.get);
    const { url, answer } = await reach(registry, conversation);
    return await authenticate(registry, url, answer, credential, conversation);
  });
}

/** Runs questions to a registry, and makes a verdict of whatever ends them early. */
export async function judged<T>(
  { signal }: Conversation,
  timeoutMs: number,
  questions: () => Promise<T>,
): Promise<T | Verdict> {
  try {
    return await questions();
  } catch (error) {
    if (error instanceof Ended) return error.verdict;
    if (signal.aborted)
      return verdictOf("unreachable", explain("no-answer", { seconds: Math.round(timeoutMs / 100) / 10 }));
    return verdictOf("unreachable", describeNetworkError(error as NodeJS.ErrnoException));
  }
}

/**
 * Finds out how a registry is reached: its /v2/ and what it answers there to anybody.
 * @throws Ended, or the network's error
 */
export async function reach(
  registry: Registry,
  { get, getOnce }: Conversation,
): Promise<{ readonly url: URL; readonly answer: Answer }> {
  if (registry.scheme !== "loopback") return await ping(registry, registry.scheme, get);
  return await ping(registry, "https", getOnce).catch((error: unknown) => {
    if (error instanceof Ended || isCertificateError(error)) throw error;
    return ping(registry, "http", get);
  });
}

/** The first, anonymous request. Follows redirects as long as they stay at the registry. */
async function ping({ endpoint }: Registry, scheme: string, get: Get): Promise<{ url: URL; answer: Answer }> {
  let url = new URL(`${scheme}://${endpoint}/v2/`);
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url);
    if (answer.status < 300 || answer.status >= 400) return { url, answer };
    const location = answer.headers.location ?? "";
    if (!URL.canParse(location, url.href)) {
      throw new Ended(verdictOf("failed", explain("redirected", { target: "no address" })));
    }
    const target = new URL(location, url);
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

/** A web site has a page for whatever is asked. */
export function isWebPage({ status, headers }: Answer): boolean {
  return status === 200 && /html/i.test(headers["content-type"] ?? "");
}

async function authenticate(
  { kind }: Registry,
  url: URL,
  first: Answer,
  credential: Credential,
  conversation: Conversation,
): Promise<Verdict> {
  if (isWebPage(first)) return verdictOf("failed", explain("web-page"));
  // An open registry asks for nothing; the credential is sent all the same, to hear whether it is a wrong one.
  if (first.status === 200) return judge(await conversation.get(url, basicAuthorization(credential)));
  // No password was sent yet, so it is the machine that is refused.
  if (first.status === 403) {
    if (kind === "acr" && /not allowed access/.test(first.body)) return verdictOf("refused", explain("acr-firewall"));
    const { said = { who: "the registry", status: "403" } } = judge(first);
    return verdictOf("refused", explain("machine-refused", said));
  }
  if (first.status !== 401) return judge(first);
  return judge(await conversation.get(url, await answerChallenge(url, first, credential, conversation)));
}
