import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, vi } from "vitest";
import type { Context } from "../../src/context.ts";
import { AWS_KEY, type AwsEndpoint, type AwsKey, ECR_HOST, startAwsEndpoint } from "./aws-endpoint.ts";
import { closeServer } from "./embedded-registry.ts";
import { makeHome, secrets, type TempHome } from "./temp-home.ts";

const HOUR_MS = 3600_000;

/** A home folder and an AWS endpoint that the SDK of this process sends its requests to; both end with the test. */
export interface AwsSetup {
  readonly aws: AwsEndpoint;
  readonly home: TempHome;
  /** A context whose clock, like AWS's, is this many hours ahead. */
  at(hours: number, env?: Readonly<Record<string, string>>): Context;
}

/** @param shape turns the endpoint's good answers into others */
export async function setUpAws(keys: readonly AwsKey[] = [AWS_KEY], shape?: () => unknown): Promise<AwsSetup> {
  const aws = await startAwsEndpoint(keys);
  onTestFinished(() => aws.close());
  const url = shape === undefined ? aws.url : await startShaper(aws.url, shape);
  for (const name of ["AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_ECR_PUBLIC"]) vi.stubEnv(name, url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const home = makeHome();
  const at: AwsSetup["at"] = (hours, env = {}) => {
    const now = () => Date.now() + hours * HOUR_MS;
    aws.now = now;
    return { ...home.context(env), now };
  };
  return { aws, home, at };
}

/** Hands requests on as they are, so that the endpoint checks their signature, and replaces the body of a 200. */
async function startShaper(url: string, shape: () => unknown): Promise<string> {
  const server = createServer((request, response) => {
    const { method, headers, url: path } = request;
    const onward = httpRequest(new URL(path ?? "/", url), { method, headers }, async (answer) => {
      const { statusCode = 502 } = answer;
      response.writeHead(statusCode, { "content-type": answer.headers["content-type"] });
      if (statusCode !== 200) return answer.pipe(response);
      answer.resume();
      response.end(JSON.stringify(await shape()));
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(server));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The three secrets of a key pair for a registry of AWS. */
export function awsSecrets(host = ECR_HOST, identifier = "ECR"): Record<string, string> {
  return secrets(identifier, host, AWS_KEY.accessKeyId, AWS_KEY.secretAccessKey);
}
