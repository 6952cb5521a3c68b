import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAwsAuthorization } from "../../support/aws-authorization.ts";
import { AWS_KEY, type AwsEndpoint, ECR_HOST, startAwsEndpoint } from "../../support/aws-endpoint.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { hookLine, PROGRAM } from "../../support/host-setup.ts";
import { BUSYBOX_IMAGE, ensureInstallImages } from "../../support/install-images.ts";
import { startHostMachine } from "../../support/machine-container.ts";
import { cleanEngine, pushImage } from "../../support/private-things.ts";
import { secretsFor } from "../../support/registry.ts";
import { startSecondEngine } from "../../support/second-engine.ts";
import { tempFolder } from "../../support/temp-home.ts";
import { startTlsRegistry, type TlsRegistry } from "../../support/tls-registry.ts";
import { type NpmRegistry, publishOurPackage } from "../../support/verdaccio.ts";

const ADDRESS = "127.0.0.44";
const IMAGE = "team/base:1";
const HOUR_MS = 3600_000;

let npm: NpmRegistry;
let aws: AwsEndpoint;
let registry: TlsRegistry;

beforeAll(async () => {
  await ensureInstallImages(BUSYBOX_IMAGE);
  npm = await publishOurPackage();
  aws = await startAwsEndpoint([AWS_KEY]);
  registry = await startTlsRegistry(ADDRESS, [ECR_HOST], createAwsAuthorization(aws));
});

afterAll(async () => {
  await registry?.close();
  await aws?.close();
  await npm?.close();
});

/** An engine that finds and trusts the registry under its real name, and a machine that uses this engine. */
async function startEcrMachine() {
  const folder = tempFolder();
  const proxy = await startConnectProxy(443, undefined, ADDRESS, join(tempFolder(), "proxy.sock"));
  const engine = await startSecondEngine({
    proxy: proxy.host,
    authorities: { [ECR_HOST]: readFileSync(registry.certFile, "utf8") },
    workspaces: folder,
  });
  const machine = await startHostMachine({
    store: "pass",
    user: "root",
    npm,
    folder,
    socket: engine.DOCKER_HOST.replace("unix://", ""),
    createArgs: registry.runArgs.filter((each) => !each.startsWith("--network")),
    variables: { SSL_CERT_FILE: "/ca.pem", NODE_EXTRA_CA_CERTS: "/ca.pem", AWS_ENDPOINT_URL_ECR: aws.url },
  });
  return { machine, engine, folder };
}

test("a base image in ECR is pulled 13 hours later, when the token of the first login has run out", async () => {
  await pushImage(BUSYBOX_IMAGE, `${registry.inner}/${IMAGE}`, tempFolder());
  const { machine, engine, folder } = await startEcrMachine();
  try {
    const secrets = secretsFor(
      "ECR",
      { host: ECR_HOST },
      { user: AWS_KEY.accessKeyId, password: AWS_KEY.secretAccessKey },
    );
    const before = await machine.snapshot();
    /** Opens it for the first time on an engine, so many hours later. */
    const open = async (hours: number, more: Readonly<Record<string, unknown>> = {}) => {
      const config = { image: `${ECR_HOST}/${IMAGE}`, runArgs: ["--network=host"], ...more };
      await machine.write("work/.devcontainer/devcontainer.json", JSON.stringify(config));
      await cleanEngine(folder, ECR_HOST, engine);
      aws.now = () => Date.now() + hours * HOUR_MS;
      return await machine.sh(`faketime -f +${hours}h devcontainer up --workspace-folder work`, secrets);
    };
    const line = { initializeCommand: hookLine() };

    expect((await open(0)).output).toContain(`Command failed: docker pull ${ECR_HOST}/${IMAGE}`);

    const first = await open(0, line);
    expect(first.output).toContain("stored by docker-credential-pass");
    expect(first.output).toContain('"outcome":"success"');
    expect(aws.calls).toHaveLength(1);

    expect((await open(1, line)).output).toContain('"outcome":"success"');
    expect(aws.calls).toHaveLength(1);

    expect((await open(13)).output).toContain(`Command failed: docker pull ${ECR_HOST}/${IMAGE}`);
    expect((await open(13, line)).output).toContain('"outcome":"success"');
    expect(aws.calls).toHaveLength(2);

    expect(await machine.sh(`${PROGRAM} logout --all`)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await machine.snapshot()).toEqual(before);
  } finally {
    await machine.remove();
  }
});
