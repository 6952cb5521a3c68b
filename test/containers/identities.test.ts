import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, later, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { ACR_HOST, type Azure, createAzure, MANAGED } from "../support/identity/azure.ts";
import { createGoogle, GOOGLE_HOST, type Google } from "../support/identity/google.ts";
import { type LocalService, listenLocally } from "../support/identity/requests.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { PRIVATE_IMAGE } from "../support/registry.ts";
import { startTlsRegistry, type TlsRegistry } from "../support/tls-registry.ts";

// The real host names, at a loopback address of this machine.
const ADDRESS = "127.0.0.45";
const MINUTE_MS = 60_000;

const google: Google = createGoogle();
const azure: Azure = createAzure();
let services: LocalService[] = [];
let registry: TlsRegistry;
let container: DevContainer;

beforeAll(async () => {
  services = [await listenLocally((request) => google.metadata(request)), await listenLocally(MANAGED.imds(azure))];
  const [ofGoogle, ofAzure] = services;
  const hosts = [...google.hosts, ...azure.hosts];
  registry = await startTlsRegistry(ADDRESS, hosts, async (request, response) => {
    const cloud = google.hosts.includes(request.headers.host ?? "") ? google : azure;
    return await cloud.authorize(request, response);
  });
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: { registries: `GOOGLE=${GOOGLE_HOST}, ACR=${ACR_HOST}` } },
      runArgs: [...registry.runArgs, ...PODMAN_RUN_ARGS],
      // What such a machine has at an address of its own.
      containerEnv: {
        GCE_METADATA_HOST: ofGoogle?.host ?? "",
        AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://${ofAzure?.host}`,
      },
      onCreateCommand: "cat /ca.pem >>/etc/ssl/certs/ca-certificates.crt",
    },
    secrets: {},
  });
});

afterAll(async () => {
  await container?.remove();
  await registry?.close();
  for (const { close } of services) await close();
});

test("the option alone is enough: each cloud is asked once", () => {
  for (const identifier of ["GOOGLE", "ACR"]) expect(container.log).toMatch(new RegExp(`${identifier} +verified`));
  expect([google.exchanges.length, azure.exchanges.length]).toEqual([1, 1]);
});

test.each([
  ["skopeo", GOOGLE_HOST, `skopeo inspect docker://${GOOGLE_HOST}/${PRIVATE_IMAGE}`],
  ["podman", GOOGLE_HOST, `podman --storage-driver=vfs pull -q ${GOOGLE_HOST}/${PRIVATE_IMAGE}`],
  ["skopeo", ACR_HOST, `skopeo inspect docker://${ACR_HOST}/${PRIVATE_IMAGE}`],
  ["podman", ACR_HOST, `podman --storage-driver=vfs pull -q ${ACR_HOST}/${PRIVATE_IMAGE}`],
])("%s pulls from %s without a further exchange", async (_, __, command) => {
  const pulled = await container.sh(command);
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect([google.exchanges.length, azure.exchanges.length]).toEqual([1, 1]);
});

// The clock of the helper is moved by libfaketime, the clouds' with it.
test.each([
  { minutes: 240, since: 0, google: 2, azure: 2 },
  { minutes: 780, since: 240, google: 3, azure: 3 },
])("after $minutes minutes both are still pulled from", async ({ minutes, since, ...counts }) => {
  for (const cloud of [google, azure]) cloud.now = () => Date.now() + minutes * MINUTE_MS;
  const pulls = [GOOGLE_HOST, ACR_HOST].map((host) => `skopeo inspect docker://${host}/${PRIVATE_IMAGE}`).join(" && ");
  const pulled = await container.sh(later(minutes / 60, `sh -c "${pulls}"`, since / 60));
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect({ google: google.exchanges.length, azure: azure.exchanges.length }).toEqual(counts);
});
