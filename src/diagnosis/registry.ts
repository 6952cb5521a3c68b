import type { LoginRequest } from "../discovery/request.ts";
import { suspectSet } from "../discovery/suspicions.ts";
import type { Credential } from "../exchange/credential.ts";
import { CATALOGUE, type Code, type Explanation, explain } from "../findings/finding.ts";
import type { UserError } from "../findings/user-error.ts";
import { converse } from "../handshake/conversation.ts";
import { explainRefusal } from "../handshake/refusal.ts";
import { judge, type Verdict, verdictOf } from "../handshake/verdict.ts";
import { isWebPage, reach, verify } from "../handshake/verify.ts";
import type { Send } from "../network/http.ts";
import type { Environment } from "../platform/environment.ts";
import type { Registry } from "../registries/registry.ts";
import { note, ok, type Step, shownUser, skipped, skippedUntil, wrong } from "./step.ts";

/** Findings about the server itself, whatever the password is. */
const OF_THE_SERVER: ReadonlySet<string> = new Set<Code>([
  "redirected",
  "web-page",
  "not-a-registry",
  "registry-busy",
  "too-many-requests",
  "machine-refused",
  "acr-firewall",
  "no-challenge",
  "unknown-challenge",
  "token-service-untrusted",
]);

export interface LoginQuestion {
  readonly registry: Registry;
  readonly request: LoginRequest | null;
  /** null: without a login. An error: why the secrets do not become a credential. */
  readonly credential: Credential | UserError | null;
  /** Whether an image is pulled with the login, too: that proves it where the registry accepts everybody. */
  readonly hasImage: boolean;
}

/** What the examination of a login takes from the world. */
export interface LoginOptions {
  readonly send: Send;
  /** Milliseconds for the whole handshake. */
  readonly timeout: number;
  /** The environment, and over it the secrets file of a codespace. */
  readonly world: Environment;
}

/** Does the server answer as a registry, and does it accept the credential? If not, suspicions about the secrets come first. */
export async function examineLogin(
  { registry, request, credential, hasImage }: LoginQuestion,
  options: LoginOptions,
): Promise<Step[]> {
  const { send, timeout, world } = options;
  const suspicions = (): Step[] =>
    request === null ? [] : suspectSet(world, request.identifier).map(({ finding }) => wrong("secrets", finding));
  if (credential instanceof Error) {
    const network = Object.hasOwn(CATALOGUE.network, credential.code);
    return [...suspicions(), wrong(network ? "network" : "login", credential)];
  }
  if (credential === null) return await examineAnonymously(registry, options);
  const verdict = await verify(registry, credential, send, timeout);
  if (verdict.outcome === "verified") {
    const user = request?.user ?? credential.username;
    // Of a token in .npmrc nobody knows the user.
    const accepted = user === "" ? "accepts the token" : `accepts the login for ${shownUser(user)}`;
    const { code, detail: message, hint } = verdict;
    const login = code === null || hasImage ? ok("login", accepted) : note("login", { code, message, hint });
    return [ok("registry", describe(registry)), login];
  }
  return [...suspicions(), ...stepsOf(verdict, registry, request)];
}

async function examineAnonymously(registry: Registry, options: LoginOptions): Promise<Step[]> {
  const { send, timeout } = options;
  const verdict = await converse(send, registry.endpoint, timeout, async (conversation) => {
    const { url, answer } = await reach(registry, conversation);
    if (isWebPage(answer)) return verdictOf("failed", explain("web-page", { host: url.host }));
    return answer.status === 401 ? null : judge(answer, url.host);
  });
  if (verdict === null || verdict.outcome === "verified") {
    return [ok("registry", describe(registry)), skipped("login", "no login is known")];
  }
  return stepsOf(verdict, registry, null);
}

function stepsOf(verdict: Verdict, registry: Registry, request: LoginRequest | null): Step[] {
  const finding = explainVerdict(verdict, registry, request);
  if (verdict.asked === "token-service") return [ok("registry", describe(registry)), wrong("login", finding)];
  // That clients use the login anyway is what a person chose, who wrote http://.
  if (finding.code === "server-unencrypted") {
    return [note("registry", finding), skipped("login", "not checked: no password is sent without TLS")];
  }
  if (Object.hasOwn(CATALOGUE.network, finding.code))
    return [wrong("network", finding), ...skippedUntil("network", ["registry", "login"])];
  if (OF_THE_SERVER.has(finding.code)) return [wrong("registry", finding), ...skippedUntil("registry", ["login"])];
  return [ok("registry", describe(registry)), wrong("login", finding)];
}

function describe({ kind }: Registry): string {
  return kind === "npm" ? "answers as an npm registry" : "answers as a container registry";
}

function explainVerdict(verdict: Verdict, registry: Registry, request: LoginRequest | null): Explanation {
  const { code, detail: message, hint } = verdict;
  if (verdict.outcome === "refused" && request !== null) return explainRefusal(request, verdict);
  const advice = hint === "" ? `log in again: docker login ${registry.host}` : hint;
  return { code: code ?? "credential-refused", message, hint: advice };
}
