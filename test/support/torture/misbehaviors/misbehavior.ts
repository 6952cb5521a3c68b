import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import type { Code } from "../../../../src/findings/finding.ts";
import type { Certificate } from "../../certificate.ts";
import { answer } from "../../misbehaving-server.ts";
import { BASIC, type Made, startHttp, startRaw } from "./servers.ts";

/** A registry that does wrong, and what the agent says of it. */
export interface Misbehavior {
  readonly name: string;
  /** One of these codes; null: it is logged in to. */
  readonly says: readonly (Code | null)[];
  start(world: World): Promise<Made>;
}

/** What all of them share. */
export interface World {
  /** A server where no credential may ever come. */
  readonly trap: string;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly otherName: Certificate;
}

export const BASIC_CHALLENGE = { "www-authenticate": "Basic" };
export const OK = "HTTP/1.1 200 OK\r\n";

/** One that speaks HTTP. */
export function http(name: string, says: Code | null, listener: RequestListener): Misbehavior {
  return { name, says: [says], start: () => startHttp(listener) };
}

/** One that speaks as it likes, once a client has sent its first request. */
export function raw(name: string, says: Code | readonly Code[], talk: (socket: Socket) => void): Misbehavior {
  return { name, says: typeof says === "string" ? [says] : says, start: () => startRaw(talk) };
}

/** Takes the right password, and says what it wants. */
export const takeLogin: RequestListener = (request, response) =>
  answer(response, request.headers.authorization === BASIC ? 200 : 401, BASIC_CHALLENGE);
