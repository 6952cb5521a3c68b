import type { RequestListener } from "node:http";
import type { Code } from "../../../../src/findings/finding.ts";
import type { Certificate } from "../../certificate.ts";
import { answer } from "../../misbehaving-server.ts";
import { BASIC, type StartedServer, startHttp, startRaw, type Talk } from "./servers.ts";

/** A registry that breaks the protocol, and how the agent reports it. */
export interface Misbehavior {
  readonly name: string;
  /** The agent reports one of these codes; null: the login works. */
  readonly codes: readonly (Code | null)[];
  start(fixtures: Fixtures): Promise<StartedServer>;
}

/** What all of them share: certificates, and a server where no credential may arrive. */
export interface Fixtures {
  /** A server where no credential may ever come. */
  readonly trap: string;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly otherName: Certificate;
}

export const BASIC_CHALLENGE = { "www-authenticate": "Basic" };
export const OK = "HTTP/1.1 200 OK\r\n";

/** One that speaks HTTP. */
export function http(name: string, code: Code | null, listener: RequestListener): Misbehavior {
  return { name, codes: [code], start: () => startHttp(listener) };
}

/** One that writes whatever bytes it wants after a client has sent its first request. */
export function raw(name: string, codes: Code | readonly (Code | null)[], talk: Talk): Misbehavior {
  return { name, codes: typeof codes === "string" ? [codes] : codes, start: () => startRaw(talk) };
}

/** Accepts the right password, and challenges everybody else. */
export const acceptLogin: RequestListener = (request, response) =>
  answer(response, request.headers.authorization === BASIC ? 200 : 401, BASIC_CHALLENGE);
