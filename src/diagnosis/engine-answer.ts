import type { EngineAnswer } from "./engine-api.ts";

/** Why an engine cannot use a registry: the code of a finding, and for one that cannot reach it the error. */
export type EngineProblem =
  | { readonly code: "engine-unreachable"; readonly error: string }
  | {
      readonly code:
        | "engine-host-unknown"
        | "engine-proxy"
        | "engine-certificate-authority"
        | "engine-certificate"
        | "engine-no-tls"
        | "engine-no-answer"
        | "engine-refused";
    };

/** What an engine's answer means. `accepted` includes an image that does not exist: the registry has answered. */
export type EngineVerdict = "accepted" | "unclear" | EngineProblem;

/**
 * Recognizes the cause in an engine's words, which are those of Go's net, tls and http packages, and of docker's and
 * podman's registry clients. The words themselves are not returned, except for one of a few known phrases.
 */
export function judgeEngineAnswer({ status, message }: EngineAnswer): EngineVerdict {
  if (status >= 200 && status < 300) return "accepted";
  // Without the addresses that it quotes, which hold the names of an image.
  const words = message.replace(/"(?:[^"\\]|\\.)*"/g, "");
  const error = UNREACHABLE.exec(words)?.[0];
  const known = KNOWN.find(([pattern]) => pattern.test(words))?.[1];
  if (known !== undefined) return { code: known };
  if (error !== undefined) return { code: "engine-unreachable", error };
  if (LATE.test(words)) return { code: "engine-no-answer" };
  if (status === 401 || status === 403 || REFUSED.test(words)) return { code: "engine-refused" };
  return status === 404 && message !== "" ? "accepted" : "unclear";
}

/** In this order: the error of a connection to a proxy or a name server is within the words of the whole error. */
const KNOWN = [
  [/server gave HTTP response to HTTPS client/, "engine-no-tls"],
  [/x509: .*(?:unknown authority|not trusted)/, "engine-certificate-authority"],
  [/x509: |tls: failed to verify certificate/, "engine-certificate"],
  [/proxyconnect |Proxy Authentication Required/, "engine-proxy"],
  [/dial tcp: lookup |no such host|name resolution/, "engine-host-unknown"],
] as const;

const UNREACHABLE = /connection refused|no route to host|host is unreachable|network is unreachable|i\/o timeout/;

const LATE = /Client\.Timeout|deadline exceeded|TLS handshake timeout/;

const REFUSED = /unauthorized|authentication required|no basic auth credentials|denied|incorrect username or password/i;
