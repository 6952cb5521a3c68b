import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { closeServer } from "./embedded-registry.ts";
import { BASIC } from "./handshake.ts";
import { tempFolder } from "./temp-home.ts";
import { type Company, type TrustRow, writeFiles } from "./trust-rows.ts";

/** A registry with the certificate of a row, and what its clients have. */
export interface TrustSetup {
  /** `localhost:PORT` */
  readonly host: string;
  readonly port: number;
  /** HOME, SSL_CERT_FILE and SSL_CERT_DIR. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the registry of a row, which ends with the test. */
export async function setUpTrust(row: TrustRow, company: Company): Promise<TrustSetup> {
  const { key, cert } = row.chain?.(company) ?? company.server;
  const client = row.wantsClient === true ? { requestCert: true, rejectUnauthorized: true, ca: company.root.cert } : {};
  const server = createServer({ key, cert, ...client }, ({ headers }, response) => {
    const isKnown = headers.authorization === BASIC;
    response.writeHead(isKnown ? 200 : 401, { "www-authenticate": "Basic" }).end("{}");
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(server));
  const { port } = server.address() as AddressInfo;
  const host = `localhost:${port}`;
  const own = Object.entries(row.home?.(company) ?? {}).map(([name, text]) => [name.replace("HOST", host), text]);
  const named = row.file === undefined ? {} : { SSL_CERT_FILE: `${writeFiles({ pem: row.file(company) })}/pem` };
  const env = {
    HOME: writeFiles(Object.fromEntries(own)),
    SSL_CERT_DIR: row.folder === undefined ? tempFolder() : writeFiles(row.folder(company)),
    ...named,
  };
  return { host, port, env };
}
