import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { exchangeAws } from "../../../src/exchange/aws.ts";
import { createSend } from "../../../src/network/http.ts";
import { AWS_KEY, startAwsEndpoint } from "../../support/aws-endpoint.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { closeServer } from "../../support/embedded-registry.ts";

const ECR = { service: "ecr", region: "eu-west-1", fips: false, dualStack: false } as const;
const PUBLIC = { ...ECR, service: "ecr-public", region: "us-east-1" } as const;

/** Source: https://docs.aws.amazon.com/general/latest/gr/ecr.html and ecr-public.html */
test.each([
  { identity: ECR, host: "api.ecr.eu-west-1.amazonaws.com" },
  { identity: PUBLIC, host: "api.ecr-public.us-east-1.amazonaws.com" },
  { identity: { ...PUBLIC, dualStack: true }, host: "ecr-public.us-east-1.api.aws" },
])(
  "AWS is reached through a proxy at $host, with the certificates of the system's bundle",
  async ({ identity, host }) => {
    const aws = await startAwsEndpoint([AWS_KEY]);
    const { key, cert, certFile } = makeCertificate(host);
    const front = createServer({ key, cert }, ({ method, url = "", headers }, response) => {
      const onward = request(new URL(url, aws.url), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.end("{}");
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    onTestFinished(async () => {
      await closeServer(front);
      await aws.close();
    });
    const proxy = await startConnectProxy((front.address() as AddressInfo).port);
    const { send, close } = createSend({ SSL_CERT_FILE: certFile, HTTPS_PROXY: `http://${proxy.host}` });
    onTestFinished(close);
    const keys = { ...AWS_KEY, sessionToken: null };
    const token = await exchangeAws(
      { ...identity, keys },
      { identifier: "ECR", timeout: 10_000, now: Date.now, env: {}, send },
    );
    expect(token.secret).toBe(aws.tokens[0]);
    expect(proxy.requests).toEqual([`CONNECT ${host}:443`]);
  },
);
