import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { HELPER_FOLDER } from "../clients.ts";
import {
  ACR_HOST,
  AUDIENCE,
  CLIENT,
  CLIENT_SECRET,
  MANAGED,
  makeApplicationCertificate,
  RESOURCE_MANAGER,
  TENANT,
} from "./azure.ts";
import { type CloudReply, type CloudRequest, startLocalService } from "./requests.ts";
import type { AzureSetup } from "./setup.ts";

/** The variables of an application, without what proves that this machine is it. */
export const APPLICATION = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const SIGN_IN = `POST login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`;
const EXCHANGE = `POST ${ACR_HOST}/oauth2/exchange`;

async function serve(answer: (request: CloudRequest) => Promise<CloudReply>): Promise<string> {
  return `http://${(await startLocalService(answer)).host}`;
}

/** A program `az` with this answer for each audience. */
export async function installAz(
  { home, azure, file }: AzureSetup,
  audiences = [AUDIENCE],
): Promise<Record<string, string>> {
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

/** A source of an identity of Azure's. */
export interface AzureSource {
  readonly prepare: (setup: AzureSetup) => Promise<Record<string, string>> | Record<string, string>;
  /** The requests that lead to the token, without those to a metadata service. */
  readonly requests: readonly string[];
}

export const AZURE_SOURCES: Readonly<Record<string, AzureSource>> = {
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
