import { createServer as createHttp, request } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type AwsEndpoint, type AwsKey, startAwsEndpoint } from "../../test/support/aws-endpoint.ts";
import { makeCertificateIn } from "../../test/support/certificate.ts";
import { openDelayedPort } from "./delayed-port.ts";
import type { Installation } from "./installation.ts";
import { mustRun, type Program } from "./measure.ts";

export const ECR_HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
export const AWS_KEY: AwsKey = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** AWS's token API on this machine, which checks signatures. */
export interface Aws {
  readonly endpoint: AwsEndpoint;
  /** The variables that lead our agent there. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables that lead a program there by a proxy, because it accepts no other address for AWS. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts it.
 * @param folder for its certificate; it exists
 * @param roundTrip milliseconds to it and back
 */
export async function startAws(folder: string, roundTrip: number): Promise<Aws> {
  const endpoint = await startAwsEndpoint([AWS_KEY]);
  const { key, cert, certFile } = makeCertificateIn(folder, "localhost", "api.ecr.eu-west-1.amazonaws.com");
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
  const delayed = await openDelayedPort((front.address() as AddressInfo).port, roundTrip);
  const sockets = new Set<Socket>();
  const proxy = createHttp().on("connect", (_, client: Socket) => {
    const upstream = connect(delayed.port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => socket.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    endpoint,
    env: { AWS_ENDPOINT_URL_ECR: `https://localhost:${delayed.port}/`, SSL_CERT_FILE: certFile },
    proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, SSL_CERT_FILE: certFile },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await delayed.close();
      for (const server of [proxy, front]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await endpoint.close();
    },
  };
}

/** Logs a user in to ECR, which makes a token. */
export async function logInToEcr(installation: Installation, env: Readonly<Record<string, string>>): Promise<void> {
  const secrets = {
    ECR_CONTAINER_REGISTRY_SERVER: ECR_HOST,
    ECR_CONTAINER_REGISTRY_USER: AWS_KEY.accessKeyId,
    ECR_CONTAINER_REGISTRY_PASSWORD: AWS_KEY.secretAccessKey,
  };
  await mustRun({ command: [installation.registryLogin, "login", "--no-verify"], env: { ...env, ...secrets } });
}

/** A `get` of AWS's own credential helper. */
export function ecrLogin(installation: Installation, home: string, aws: Aws): Program {
  const keys = { AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey };
  return {
    command: ["docker-credential-ecr-login", "get"],
    env: installation.env(home, { ...aws.proxyEnv, ...keys }),
    input: ECR_HOST,
  };
}
