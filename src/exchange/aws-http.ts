import type { Send } from "../network/http.ts";
import { isNetworkError } from "../network/network-error.ts";
import { RequestError } from "../network/request-error.ts";
import { ForeignAnswer, findForeignAnswer } from "./aws-answer.ts";

/** A request of the SDK; its address has no user and no fragment. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Whom AWS's SDK asked: the registry's API, or a service for the identity (STS, SSO). */
export interface Asked {
  /** `host[:port]` */
  readonly host: string;
  readonly isRegistry: boolean;
}

/**
 * Our own client in the form that AWS's SDK asks for, so that its requests have the same proxies, trust and limits as all
 * others. The SDK also uses it for the services of its default chain (STS, SSO).
 * @param signal ends every request
 * @param report receives whom each request goes to, before it is sent
 */
export function createAwsHandler(send: Send, signal: AbortSignal, report: (asked: Asked) => void) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request: SdkRequest): Promise<{ response: SdkResponse }> => {
      const { method, headers, body } = request;
      const url = urlOf(request);
      const [target = ""] = Object.entries(headers).flatMap(([name, value]) =>
        name.toLowerCase() === "x-amz-target" ? [value] : [],
      );
      report({ host: url.host, isRegistry: target.endsWith(".GetAuthorizationToken") });
      const answer = await send(url, { method, headers, signal, ...(hasBytes(body) ? { body } : {}) }).catch(
        (error: unknown) => {
          throw isNetworkError(error) ? new RequestError("aws", url.host, error) : error;
        },
      );
      const foreign = findForeignAnswer(answer, url.host);
      if (foreign !== null) throw new ForeignAnswer(url.host, foreign, answer.status);
      const fields = Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]);
      return {
        response: {
          statusCode: answer.status,
          headers: Object.fromEntries(fields),
          body: Buffer.from(answer.body),
        },
      };
    },
    // The SDK would change timeouts and agents here; ours are given.
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? ""].flat()) url.searchParams.append(name, value);
  }
  return url;
}

/** The requests that the SDK makes here have a text or bytes, never a stream. */
function hasBytes(body: unknown): body is string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array;
}
