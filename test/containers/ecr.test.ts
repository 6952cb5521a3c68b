import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsEndpoint, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { type DevContainer, LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { type EcrRegistry, startEcrRegistry } from "../support/ecr-registry.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { PRIVATE_IMAGE, secretsFor } from "../support/registry.ts";

// The real host names, at a loopback address of this machine.
const HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const OTHER_ACCOUNT = "210987654321.dkr.ecr.eu-west-1.amazonaws.com";
const ADDRESS = "127.0.0.43";
const KEY = { user: "AKIAIOSFODNN7EXAMPLE", password: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const HOUR_MS = 3600_000;

let aws: AwsEndpoint;
let registry: EcrRegistry;
let container: DevContainer;
let folder: string;

beforeAll(async () => {
  aws = await startAwsEndpoint([{ accessKeyId: KEY.user, secretAccessKey: KEY.password }]);
  registry = await startEcrRegistry(aws, ADDRESS, [HOST, OTHER_ACCOUNT]);
  folder = mkdtempSync(join(tmpdir(), "registry-login-ca-"));
  writeFileSync(join(folder, "ca.pem"), registry.authority);
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: [
        "--network=host",
        ...PODMAN_RUN_ARGS,
        ...[HOST, OTHER_ACCOUNT].map((host) => `--add-host=${host}:${ADDRESS}`),
      ],
      mounts: [`type=bind,source=${join(folder, "ca.pem")},target=/ca.pem`],
      containerEnv: { AWS_ENDPOINT_URL_ECR: aws.url },
      onCreateCommand: "cat /ca.pem >>/etc/ssl/certs/ca-certificates.crt",
    },
    secrets: {
      ...secretsFor("ECR", { host: HOST }, KEY),
      ...secretsFor("OTHER", { host: OTHER_ACCOUNT }, KEY),
    },
  });
});

afterAll(async () => {
  await container?.remove();
  await registry?.close();
  await aws?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("nothing but the three secrets: the key pair is exchanged, once for both registries", () => {
  expect(container.log).toMatch(/ECR +verified/);
  expect(container.log).toMatch(/OTHER +verified/);
  expect(aws.calls).toHaveLength(1);
});

test.each([
  ["skopeo", `skopeo inspect docker://${HOST}/${PRIVATE_IMAGE}`],
  ["skopeo, from the other account", `skopeo inspect docker://${OTHER_ACCOUNT}/${PRIVATE_IMAGE}`],
  ["podman", `podman --storage-driver=vfs pull -q ${HOST}/${PRIVATE_IMAGE}`],
])("%s pulls, without another call", async (_, command) => {
  const pulled = await container.sh(command);
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect(aws.calls).toHaveLength(1);
});

// The clock of the helper is moved by libfaketime, AWS's and the registry's with it.
test.each([
  [11, 2],
  [13, 2],
  [170, 3],
])("after %i hours it still pulls, with %i calls to AWS so far", async (hours, calls) => {
  aws.now = () => Date.now() + hours * HOUR_MS;
  const pulled = await container.sh(`faketime -f +${hours}h skopeo inspect docker://${HOST}/${PRIVATE_IMAGE}`);
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect(aws.calls).toHaveLength(calls);
});
