import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A way to a registry that breaks at some requests. */
export interface FailingProxy {
  /** `localhost:PORT` */
  readonly host: string;
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of a server without TLS, which closes the connection instead of forwarding some requests.
 * @param target `localhost:PORT`
 * @param breaksAt requests as `METHOD path`
 */
export async function startFailingProxy(target: string, breaksAt: RegExp): Promise<FailingProxy> {
  const [, port] = target.split(":");
  const server = createServer((asked, answered) => {
    const { method = "", url = "", headers } = asked;
    if (breaksAt.test(`${method} ${url}`)) {
      asked.socket.destroy();
      return;
    }
    const forward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    forward.on("error", () => asked.socket.destroy());
    asked.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
