import { mkdirSync } from "node:fs";
import { createServer as createHttp, request } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { type AwsEndpoint, type AwsKey, startAwsEndpoint } from "../../test/support/aws-endpoint.ts";
import { makeCertificateIn } from "../../test/support/certificate.ts";
import { openFarPort } from "./far.ts";

export const ECR_HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
export const AWS_KEY: AwsKey = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** Milliseconds: a region of AWS that is near. */
export const ROUND_TRIP = 20;

/** AWS's token API, which checks signatures. */
export interface Aws {
  readonly endpoint: AwsEndpoint;
  readonly url: string;
  /** What leads our agent there. */
  readonly env: Readonly<Record<string, string>>;
  /** What leads a program there that only knows AWS by its name: a proxy. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startAws(folder: string): Promise<Aws> {
  const endpoint = await startAwsEndpoint([AWS_KEY]);
  const files = join(folder, "aws");
  mkdirSync(files);
  const { key, cert, certFile } = makeCertificateIn(files, "localhost", "api.ecr.eu-west-1.amazonaws.com");
  const front = createServer({ key, cert }, (incoming, response) => {
    const { method = "POST", headers } = incoming;
    const onward = request(new URL(incoming.url ?? "/", endpoint.url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const way = await openFarPort((front.address() as AddressInfo).port, ROUND_TRIP);
  const url = `https://localhost:${way.port}/`;
  const sockets = new Set<Socket>();
  const proxy = createHttp().on("connect", (_, client: Socket) => {
    const upstream = connect(way.port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => socket.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    endpoint,
    url,
    env: { AWS_ENDPOINT_URL_ECR: url, SSL_CERT_FILE: certFile },
    proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, SSL_CERT_FILE: certFile },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await way.close();
      for (const server of [proxy, front]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await endpoint.close();
    },
  };
}
