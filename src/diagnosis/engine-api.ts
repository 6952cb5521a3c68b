import * as z from "zod/mini";
import type { ClientLogin } from "../clients/docker/config.ts";
import { IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import type { Answer, Ask, Send } from "../network/http.ts";
import { isNetworkError } from "../network/network-error.ts";
import { parseJson } from "../platform/json.ts";
import { withTimeLimit } from "../platform/time-limit.ts";
import type { Image } from "../registries/image.ts";
import type { Registry } from "../registries/registry.ts";

/** What an engine answered about a registry: a status of HTTP, and its words for an error or "". */
export interface EngineAnswer {
  readonly status: number;
  readonly message: string;
}

/** A registry, or an image of it, that an engine is asked about. */
export interface EngineQuestion {
  readonly registry: Registry;
  readonly image: Image | null;
  /** The login that docker would send along; null: none. */
  readonly login: ClientLogin | null;
}

/** An engine that has answered. */
export interface EngineApi {
  /**
   * Lets the engine ask the registry. Nothing is pulled, and nothing is stored.
   * @returns "no-answer" where it takes longer than the time limit, or the code of a network error
   */
  ask(question: EngineQuestion): Promise<EngineAnswer | "no-answer" | { readonly error: string }>;
}

/** Why there is no engine at a socket: the code of a network error, or something else answered. */
export type NoEngine = { readonly error: string } | "no-answer" | "not-docker";

const errorBody = z.lazy(() => z.object({ message: z.string() }));

/**
 * Asks an engine for its version.
 * @param socketPath absolute path of its unix socket
 * @param timeoutMs milliseconds for this question, and for each later one
 * Source: https://docs.docker.com/reference/api/engine/
 */
export async function connectEngine(socketPath: string, send: Send, timeoutMs: number): Promise<EngineApi | NoEngine> {
  const ask = async (path: string, more: Omit<Ask, "signal" | "socketPath"> = {}) =>
    await askWithin(timeoutMs, (signal) => send(new URL(path, "http://docker"), { ...more, socketPath, signal }));
  const ping = await ask("/_ping");
  if (ping === "no-answer" || "error" in ping) return ping;
  const version = /^[0-9]{1,4}\.[0-9]{1,4}$/.exec(String(ping.headers["api-version"] ?? ""))?.[0];
  if (ping.status !== 200 || version === undefined) return "not-docker";
  // podman answers at docker's socket too, without a way to ask about an image. Docker Hub counts each question about an
  // image as a pull.
  const isPodman = /^libpod\b/i.test(String(ping.headers.server ?? ""));
  return {
    ask: async ({ registry, image, login }) => {
      const asksImage = image !== null && !isPodman && registry.kind !== "docker-hub";
      const auth = JSON.stringify(authOf(registry, login));
      const answer = asksImage
        ? await ask(`/v${version}/distribution/${image.name}/json`, {
            headers: login === null ? {} : { "x-registry-auth": base64url(auth) },
          })
        : await ask(`/v${version}/auth`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: auth,
          });
      return answer === "no-answer" || "error" in answer ? answer : read(answer);
    },
  };
}

async function askWithin(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | "no-answer" | { readonly error: string }> {
  return await withTimeLimit(limitMs, async (signal) => {
    try {
      return await work(signal);
    } catch (error) {
      if (!isNetworkError(error)) throw error;
      return signal.aborted ? "no-answer" : { error: error.code };
    }
  });
}

/** The form that docker itself sends. Source: docker/docker `api/types/registry.AuthConfig` */
function authOf({ keys, host }: Registry, login: ClientLogin | null): object {
  const serveraddress = keys[0] ?? host;
  if (login === null) return { serveraddress };
  const { username, secret, isRegistryToken } = login;
  if (isRegistryToken === true) return { registrytoken: secret, serveraddress };
  return username === IDENTITY_TOKEN_USER || username === ""
    ? { identitytoken: secret, serveraddress }
    : { username, password: secret, serveraddress };
}

/** With padding, which docker's engine requires. */
function base64url(text: string): string {
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function read({ status, body }: Answer): EngineAnswer {
  const parsed = errorBody.safeParse(parseJson(body));
  return { status, message: parsed.success ? parsed.data.message : "" };
}
