import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Certificate, makeCertificateIn } from "../certificate.ts";
import { startConnectProxy } from "../connect-proxy.ts";
import { closeServer } from "../embedded-registry.ts";
import { startServer } from "../misbehaving-server.ts";

/** A request to a cloud, read to its end. */
export interface CloudRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly form: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a cloud answers; an object is sent as JSON. */
export interface CloudReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

export function reply(
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): CloudReply {
  return { status, body, headers };
}

export async function readRequest(request: IncomingMessage): Promise<CloudRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  const { host = "" } = request.headers;
  const url = new URL(request.url ?? "/", `http://${host}`);
  const read = {
    method: request.method ?? "",
    host,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    form: Object.fromEntries(new URLSearchParams(body)),
    body,
  };
  for (const list of observers) list.push(read);
  return read;
}

const observers = new Set<CloudRequest[]>();

/** Every request that a server of this test gets from now on. */
export function observeRequests(): readonly CloudRequest[] {
  const list: CloudRequest[] = [];
  observers.add(list);
  onTestFinished(() => void observers.delete(list));
  return list;
}

export function send(response: ServerResponse, { status, body, headers = {} }: CloudReply, now: () => number): void {
  const isText = typeof body === "string";
  const type = isText ? "text/plain" : "application/json";
  response.writeHead(status, { "content-type": type, date: new Date(now()).toUTCString(), ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** The services of a cloud under their real names. */
export interface Cloud {
  /** Every name that has to lead to them. */
  readonly hosts: readonly string[];
  /** Answers the request, or returns true for one that a registry itself may answer. */
  authorize(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/**
 * Lets clouds answer under their real names, with TLS, until the test ends: a proxy leads every name to a server of this
 * machine. What a registry itself would answer is an empty 200.
 * @returns the variables with which the agent uses the proxy and trusts the certificate
 */
export async function startClouds(...clouds: readonly Cloud[]): Promise<Record<string, string>> {
  const certificate = certificateFor(clouds.flatMap(({ hosts }) => hosts));
  const server = await startServer(async (response, _, request) => {
    const host = (request.headers.host ?? "").replace(/:443$/, "");
    const cloud = clouds.find(({ hosts }) => hosts.includes(host));
    if (cloud === undefined) response.writeHead(404).end();
    else if (await cloud.authorize(request, response)) response.writeHead(200).end("{}");
  }, certificate);
  const proxy = await startConnectProxy(server.port);
  return { SSL_CERT_FILE: certificate.certFile, HTTPS_PROXY: `http://${proxy.host}` };
}

/** One for all tests of a file: openssl takes longer than most of them. */
function certificateFor(hosts: readonly string[]): Certificate {
  const names = [...new Set(hosts)].sort();
  const known = certificates.get(names.join());
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "registry-login-cloud-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const made = makeCertificateIn(folder, ...names);
  certificates.set(names.join(), made);
  return made;
}

const certificates = new Map<string, Certificate>();

/** A service of the machine itself, without TLS. */
export interface LocalService {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly requests: CloudRequest[];
  close(): Promise<void>;
}

/** What it answers; null: nothing. */
type LocalAnswer = (request: CloudRequest) => CloudReply | null | Promise<CloudReply>;

/** Starts one, which the caller closes. */
export async function listenLocally(answer: LocalAnswer, now: () => number = Date.now): Promise<LocalService> {
  const requests: CloudRequest[] = [];
  const server = createServer(async (request, response) => {
    const read = await readRequest(request);
    requests.push(read);
    const given = await answer(read);
    if (given !== null) send(response, given, now);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, requests, close: () => closeServer(server) };
}

/** Starts one, until the test ends. */
export async function startLocalService(answer: LocalAnswer, now?: () => number): Promise<LocalService> {
  const service = await listenLocally(answer, now);
  onTestFinished(service.close);
  return service;
}
