import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ROOT } from "../../scripts/project.ts";
import { fetchRuntime, runtimeFor } from "../../scripts/runtime.ts";
import type { Certificate } from "./certificate.ts";
import { closeServer } from "./embedded-registry.ts";

/** A mirror of the npm registry on this machine that has only the private Node. */
export interface NodeMirror {
  readonly port: number;
  /** For the option nodeMirror. */
  readonly url: string;
  /** Every request's target: a path, or a full URL if the client used it as a proxy. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface NodeMirrorOptions {
  readonly certificate?: Certificate;
  /** The processor of the Node; this machine's by default. */
  readonly processor?: string;
  /** Answers instead of the file. */
  readonly answer?: (response: ServerResponse) => void;
}

/** Starts one below the path /npm. It also works as an http proxy. */
export async function startNodeMirror(options: NodeMirrorOptions = {}): Promise<NodeMirror> {
  const { certificate, processor = process.arch, answer } = options;
  const { name, file } = runtimeFor(processor);
  const folder = join(ROOT, "build/runtime");
  fetchRuntime(processor, folder);
  const content = readFileSync(join(folder, file));
  const requests: string[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request.url ?? "");
    const { pathname } = new URL(request.url ?? "", "http://mirror");
    if (answer !== undefined) answer(response);
    else if (pathname === `/npm/${name}/-/${file}`) {
      response.writeHead(200, { "content-length": content.length }).end(content);
    } else response.writeHead(404).end("not found\n");
  };
  const server: Server = certificate === undefined ? createServer(serve) : createTlsServer(certificate, serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}/npm`,
    requests,
    close: () => closeServer(server),
  };
}
