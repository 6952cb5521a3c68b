import { linkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Situation } from "../../support/doctor.ts";
import { type EngineReply, startEngineSocket } from "../../support/engine-socket.ts";
import { tempFolder } from "../../support/temp-home.ts";
import { loggedIn, type Mistake, set, startRegistry } from "./table.ts";

/** Logged in to a registry that is reached from here, with these variables for docker's engine. */
async function withEngine(env: Readonly<Record<string, string>>): Promise<Situation> {
  const { situation } = await loggedIn({ ...set("A", await startRegistry()), ...env });
  return situation;
}

/** The same with an engine that fails with this message. */
async function failing(message: string, status = 500): Promise<Situation> {
  const reply: EngineReply = () => ({ status, message });
  return withEngine((await startEngineSocket(reply)).env);
}

const TO = 'Get "https://registry.example.com/v2/": ';

/** What an engine cannot do although this machine can, in the words of real engines. */
export const ENGINE: readonly Mistake[] = [
  {
    name: "a name that the engine's DNS does not know",
    code: "engine-host-unknown",
    arrange: async () =>
      failing(`${TO}dial tcp: lookup registry.example.com on 127.0.0.1:53: read: connection refused`),
  },
  {
    name: "a network that the engine is not in",
    code: "engine-unreachable",
    arrange: async () => failing(`${TO}dial tcp 10.1.2.3:443: connect: no route to host`),
  },
  {
    name: "a firewall that drops what the engine sends",
    code: "engine-no-answer",
    arrange: async () =>
      failing(`${TO}net/http: request canceled while waiting for connection (Client.Timeout exceeded)`),
  },
  {
    name: "a proxy of the engine that is down",
    code: "engine-proxy",
    arrange: async () => failing(`${TO}proxyconnect tcp: dial tcp 127.0.0.1:3128: connect: connection refused`),
  },
  {
    name: "a certificate authority that the engine does not know",
    code: "engine-certificate-authority",
    arrange: async () => failing(`${TO}x509: certificate signed by unknown authority`),
  },
  {
    name: "an engine whose clock is wrong",
    code: "engine-certificate",
    arrange: async () => failing(`${TO}x509: certificate has expired or is not yet valid`),
  },
  {
    name: "a different server without TLS that has the name for the engine",
    code: "engine-no-tls",
    arrange: async () => failing(`${TO}http: server gave HTTP response to HTTPS client`),
  },
  {
    name: "a registry that lets the engine's address not log in",
    code: "engine-refused",
    arrange: async () => failing("unauthorized: authentication required", 401),
  },
  {
    name: "an engine that is not running",
    code: "engine-down",
    arrange: async () => withEngine({ DOCKER_HOST: `unix://${await leaveSocket()}` }),
  },
  {
    name: "a folder that was mounted as the socket, because the host's docker was not running",
    code: "engine-not-docker",
    arrange: async () => withEngine({ DOCKER_HOST: `unix://${tempFolder()}` }),
  },
  {
    name: "a context of docker that was removed",
    code: "engine-address",
    arrange: async () => {
      const { situation, home } = await loggedIn(set("A", await startRegistry()), { programs: ["docker"] });
      writeFileSync(home.config, JSON.stringify({ ...home.readConfig(), currentContext: "gone" }));
      return situation;
    },
  },
];

/** A socket that an engine left behind. */
async function leaveSocket(): Promise<string> {
  const path = join(tempFolder(), "docker.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Closing removes the socket's file, but not a second name of it.
  const left = `${path}.left`;
  linkSync(path, left);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return left;
}
