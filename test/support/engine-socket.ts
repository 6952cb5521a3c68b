import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { closeServer } from "./embedded-registry.ts";
import { answer } from "./misbehaving-server.ts";
import { tempFolder } from "./temp-home.ts";

/** The login that an engine was given for a question; null: none. */
export interface GivenLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

/** A question to an engine: a registry as in `docker login`, or an image. */
export interface Question {
  readonly about: string;
  readonly login: GivenLogin;
}

/** A docker engine's API at a unix socket, as far as the doctor uses it. */
export interface EngineSocket {
  readonly path: string;
  /** The variables that lead docker there. */
  readonly env: Readonly<Record<string, string>>;
  /** Every request as `METHOD path`. */
  readonly requests: readonly string[];
  readonly questions: readonly Question[];
}

/** The status and the message of an engine's answer to a question. */
export type EngineReply = (question: Question) => { readonly status: number; readonly message: string };

/** As an engine answers that reaches the registry, which accepts the login of this user. */
export function accepting(username: string, password: string): EngineReply {
  return ({ login }) =>
    login.username === username && login.password === password
      ? { status: 200, message: "" }
      : { status: 401, message: "unauthorized: authentication required" };
}

/**
 * Starts one, which checks requests as a real one does, until the test ends.
 * Source: run with docker 20.10.24, and https://docs.docker.com/reference/api/engine/
 */
export async function startEngineSocket(reply: EngineReply, server = "Docker/20.10.24 (linux)"): Promise<EngineSocket> {
  const questions: Question[] = [];
  return {
    ...(await startSocket(async (request, response) => {
      const path = request.url ?? "";
      const headers = { "api-version": "1.41", server, "content-type": "application/json" };
      if (path === "/_ping") return answer(response, 200, headers, "OK");
      const question = await readQuestion(request, path);
      if (question === null) return answer(response, 400, headers, '{"message":"page not found or bad parameter"}');
      questions.push(question);
      const { status, message } = reply(question);
      answer(response, status, headers, JSON.stringify(message === "" ? { Status: "Login Succeeded" } : { message }));
    })),
    questions,
  };
}

async function readQuestion(request: IncomingMessage, path: string): Promise<Question | null> {
  if (request.method === "POST" && path === "/v1.41/auth" && request.headers["content-type"] === "application/json") {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const login = JSON.parse(Buffer.concat(chunks).toString("utf8")) as GivenLogin;
    return { about: login.serveraddress ?? "", login };
  }
  const image = /^\/v1\.41\/distribution\/(.+)\/json$/.exec(path)?.[1];
  if (request.method !== "GET" || image === undefined) return null;
  const header = String(request.headers["x-registry-auth"] ?? "e30=");
  // Go's URLEncoding: another alphabet than base64, and padding.
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(header) || header.length % 4 !== 0) return null;
  return { about: image, login: JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as GivenLogin };
}

/** Answers at a unix socket as a test wants, until it ends. */
export async function startSocket(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Omit<EngineSocket, "questions">> {
  const path = join(tempFolder(), "docker.sock");
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => closeServer(server));
  return { path, env: { DOCKER_HOST: `unix://${path}` }, requests };
}
