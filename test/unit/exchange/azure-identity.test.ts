import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HELPER_FOLDER } from "../../support/clients.ts";
import { diagnose } from "../../support/doctor.ts";
import { getFor } from "../../support/helper.ts";
import {
  ACR_HOST,
  AUDIENCE,
  type Azure,
  CLIENT,
  CLIENT_SECRET,
  createAzure,
  MANAGED,
  makeApplicationCertificate,
  RESOURCE_MANAGER,
  TENANT,
} from "../../support/identity/azure.ts";
import { type CloudReply, type CloudRequest, startLocalService } from "../../support/identity/requests.ts";
import { AZURE_KEYLESS, type AzureSetup, setUpAzure } from "../../support/identity/setup.ts";
import { logIn, secrets } from "../../support/temp-home.ts";

const APPLICATION = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const SIGN_IN = `POST login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`;
const EXCHANGE = `POST ${ACR_HOST}/oauth2/exchange`;
const NULL_GUID = "00000000-0000-0000-0000-000000000000";

function linesOf({ exchanges }: Azure): string[] {
  return exchanges.map(({ method, host, path }) => `${method} ${host}${path}`);
}

async function serve(answer: (request: CloudRequest) => Promise<CloudReply>): Promise<string> {
  return `http://${(await startLocalService(answer)).host}`;
}

/** A program `az` with this answer for each audience. */
async function installAz({ home, azure, file }: AzureSetup, audiences = [AUDIENCE]): Promise<Record<string, string>> {
  const answers = await Promise.all(
    audiences.map(async (audience) => {
      const answer = { accessToken: await azure.entraToken(audience), expiresOn: "2030-01-01 00:00:00.000000" };
      return `[ "$6" = ${audience} ] && [ "$1 $2 $3 $4 $5" = "account get-access-token --output json --resource" ] && [ "$(pwd)" = / ] && echo '${JSON.stringify(answer)}' && exit 0`;
    }),
  );
  chmodSync(
    file(
      "az",
      `#!/bin/sh\n${answers.join("\n")}\necho 'ERROR: AADSTS500011: The resource principal was not found' >&2\nexit 1\n`,
    ),
    0o755,
  );
  return { PATH: `${home.folder}:${HELPER_FOLDER}:/usr/bin:/bin` };
}

/** A key file where the agent of a machine writes them. */
function makeArcKey(): string {
  const folder = "/var/opt/azcmagent/tokens";
  const first = ["/var/opt/azcmagent", folder].find((each) => !existsSync(each));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.key`);
  writeFileSync(file, randomUUID(), { mode: 0o640 });
  onTestFinished(() => rmSync(first ?? file, { recursive: true, force: true }));
  return file;
}

interface Row {
  readonly prepare: (setup: AzureSetup) => Promise<Record<string, string>> | Record<string, string>;
  /** The requests that lead to the token, without those to a metadata service. */
  readonly requests: readonly string[];
}

const SOURCES: Readonly<Record<string, Row>> = {
  "the secret of an application": {
    prepare: () => ({ ...APPLICATION, AZURE_CLIENT_SECRET: CLIENT_SECRET }),
    requests: [SIGN_IN, EXCHANGE],
  },
  "the certificate of an application": {
    prepare: ({ azure }) => {
      const { certificate, file } = makeApplicationCertificate();
      azure.certificate = certificate;
      return { ...APPLICATION, AZURE_CLIENT_CERTIFICATE_PATH: file };
    },
    requests: [SIGN_IN, EXCHANGE],
  },
  "the token of a Kubernetes cluster": {
    prepare: async ({ azure, file }) => ({
      ...APPLICATION,
      AZURE_FEDERATED_TOKEN_FILE: file("token", `${await azure.clusterToken()}\n`),
      AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
    }),
    requests: [SIGN_IN, EXCHANGE],
  },
  "the metadata service of a virtual machine": {
    prepare: async ({ azure }) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: await serve(MANAGED.imds(azure)) }),
    requests: [EXCHANGE],
  },
  "the service of App Service and Container Apps": {
    prepare: async ({ azure }) => ({
      IDENTITY_ENDPOINT: `${await serve(MANAGED.appService(azure, "the-header"))}/msi/token`,
      IDENTITY_HEADER: "the-header",
    }),
    requests: [EXCHANGE],
  },
  "the service of Azure Machine Learning": {
    prepare: async ({ azure }) => ({
      MSI_ENDPOINT: `${await serve(MANAGED.machineLearning(azure, "the-secret"))}/MSI/auth`,
      MSI_SECRET: "the-secret",
      DEFAULT_IDENTITY_CLIENT_ID: CLIENT,
    }),
    requests: [EXCHANGE],
  },
  "the service of Cloud Shell": {
    prepare: async ({ azure }) => ({ MSI_ENDPOINT: `${await serve(MANAGED.cloudShell(azure))}/oauth2/token` }),
    requests: [EXCHANGE],
  },
  "the agent of Azure Arc, by the file that only trusted users can read": {
    prepare: async ({ azure }) => {
      const address = await serve(MANAGED.arc(azure, makeArcKey()));
      return { IDENTITY_ENDPOINT: `${address}/metadata/identity/oauth2/token`, IMDS_ENDPOINT: address };
    },
    requests: [EXCHANGE],
  },
  "the Azure CLI, outside of the workspace": { prepare: installAz, requests: [EXCHANGE] },
  "a token for the Resource Manager where there is none for registries": {
    prepare: ({ azure }) => {
      azure.audiences = [RESOURCE_MANAGER];
      return { ...APPLICATION, AZURE_CLIENT_SECRET: CLIENT_SECRET };
    },
    requests: [SIGN_IN, SIGN_IN, EXCHANGE],
  },
  "the Azure CLI with a token for the Resource Manager": {
    prepare: (setup) => installAz(setup, [RESOURCE_MANAGER]),
    requests: [EXCHANGE],
  },
};

test.each(Object.entries(SOURCES))("an entry without secrets logs in with %s", async (_, { prepare, requests }) => {
  const setup = await setUpAzure();
  const env = await prepare(setup);
  const { azure, at } = setup;
  const { registries } = await logIn(at(0, env), AZURE_KEYLESS);
  expect(registries).toMatchObject([{ outcome: "verified", host: ACR_HOST }]);
  expect(registries[0]?.detail).toContain("the machine's own Azure identity");
  expect(linesOf(azure)).toEqual(requests);
  const answer = await getFor(at(1, env), ACR_HOST);
  expect([answer.user, answer.secret]).toEqual([NULL_GUID, azure.tokens.at(-1)]);
});

test.each([
  ["mycompany.azurecr.cn", "login.chinacloudapi.cn"],
  ["mycompany.azurecr.us", "login.microsoftonline.us"],
])("%s is reached through %s", async (host, authority) => {
  const { azure, at } = await setUpAzure(createAzure(host, authority));
  const env = { ...APPLICATION, AZURE_CLIENT_SECRET: CLIENT_SECRET };
  const { registries } = await logIn(at(0, env), { ...AZURE_KEYLESS, registries: `ACR=${host}` });
  expect(registries).toMatchObject([{ outcome: "verified" }]);
  expect(linesOf(azure)).toEqual([`POST ${authority}/${TENANT}/oauth2/v2.0/token`, `POST ${host}/oauth2/exchange`]);
});

test("AZURE_TOKEN_CREDENTIALS chooses the place, as in Azure's own libraries", async () => {
  const setup = await setUpAzure();
  const env = { ...(await installAz(setup)), ...APPLICATION, AZURE_CLIENT_SECRET: CLIENT_SECRET };
  await logIn(setup.at(0, { ...env, AZURE_TOKEN_CREDENTIALS: "AzureCliCredential" }), AZURE_KEYLESS);
  expect(linesOf(setup.azure)).toEqual([EXCHANGE]);
});

test("a service principal's id and secret in the secrets stay a login of their own", async () => {
  const { azure, at } = await setUpAzure();
  const env = {
    ...APPLICATION,
    AZURE_CLIENT_SECRET: CLIENT_SECRET,
    ...secrets("ACR", ACR_HOST, CLIENT, CLIENT_SECRET),
  };
  await logIn(at(0, env), { ...AZURE_KEYLESS, verify: "false" });
  expect(linesOf(azure)).toEqual([]);
  expect(await getFor(at(1, env), ACR_HOST)).toMatchObject({ user: CLIENT, secret: CLIENT_SECRET });
});

test("the doctor shows each place where it searched, and which one it uses", async () => {
  const setup = await setUpAzure();
  const env = await installAz(setup);
  const { text, notes } = await diagnose({ context: setup.at(0, env), options: AZURE_KEYLESS });
  expect(notes.filter((code) => code === "identity-source")).toHaveLength(3);
  for (const line of [
    "environment: AZURE_TENANT_ID is not set",
    "workload identity: AZURE_FEDERATED_TOKEN_FILE is not set",
    "managed identity: it cannot be reached (ECONNREFUSED)",
    "uses the identity of this source: az",
  ]) {
    expect(text).toContain(line);
  }
});
