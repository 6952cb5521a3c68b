import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { HELPER_FOLDER } from "../../support/clients.ts";
import {
  ACR_HOST,
  CLIENT,
  CLIENT_SECRET,
  MANAGED,
  makeApplicationCertificate,
  TENANT,
} from "../../support/identity/azure.ts";
import { type CloudReply, type CloudRequest, reply, startLocalService } from "../../support/identity/requests.ts";
import { AZURE_KEYLESS, type AzureSetup, setUpAzure } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";

const APPLICATION = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: CLIENT_SECRET };
const OTHER_TENANT = "99999999-9999-4999-8999-999999999999";

interface Fault {
  readonly name: string;
  readonly prepare: (setup: AzureSetup) => Promise<Record<string, string>> | Record<string, string>;
  readonly outcome: "refused" | "unreachable" | "failed";
  readonly code: string;
  readonly says: RegExp;
  /** How many requests the sign-in service and the exchange may have got. */
  readonly requests?: number;
}

/** The sign-in service answers with this code. */
const signIn = (code: number) => (setup: AzureSetup) => {
  setup.azure.fault = ({ path }) =>
    path.endsWith("/token") ? reply(400, { error: "invalid_grant", error_description: `AADSTS${code}: text` }) : null;
  return APPLICATION;
};

/** The registry answers so, to the exchange or to the first request. */
const registry = (path: string, answer: CloudReply) => (setup: AzureSetup) => {
  setup.azure.fault = (request) => (request.host === ACR_HOST && request.path === path ? answer : null);
  return APPLICATION;
};

const imds = (answer: (request: CloudRequest) => CloudReply | null) => async () => ({
  AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://${(await startLocalService(answer)).host}`,
});

const az = (script: string) => (setup: AzureSetup) => {
  chmodSync(setup.file("az", `#!/bin/sh\n${script}\n`), 0o755);
  return { PATH: `${setup.home.folder}:${HELPER_FOLDER}:/usr/bin:/bin` };
};

const federated = (claims: Parameters<AzureSetup["azure"]["clusterToken"]>[0]) => async (setup: AzureSetup) => ({
  AZURE_TENANT_ID: TENANT,
  AZURE_CLIENT_ID: CLIENT,
  AZURE_FEDERATED_TOKEN_FILE: setup.file("token", await setup.azure.clusterToken(claims)),
});

const FAULTS: readonly Fault[] = [
  {
    name: "no identity anywhere",
    prepare: () => ({}),
    outcome: "failed",
    code: "azure-no-identity",
    says: /environment: AZURE_TENANT_ID is not set; workload identity: .+; managed identity: it cannot be reached .+; az: it is not installed/,
  },
  {
    name: "an application without a secret",
    prepare: () => ({ AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT }),
    outcome: "failed",
    code: "azure-no-identity",
    says: /environment: AZURE_CLIENT_SECRET is not set/,
  },
  {
    name: "a metadata service that does not answer",
    prepare: imds(() => null),
    outcome: "failed",
    code: "azure-no-identity",
    says: /managed identity: no answer within/,
  },
  {
    name: "the metadata server of Google at the same address",
    prepare: imds(() => reply(403, "", { "metadata-flavor": "Google" })),
    outcome: "failed",
    code: "azure-no-identity",
    says: /what answers is not Azure's metadata service/,
  },
  {
    name: "a proxy that answers as the metadata service",
    prepare: imds(() => reply(200, "<html>", { "content-type": "text/html" })),
    outcome: "failed",
    code: "azure-no-identity",
    says: /what answers is not Azure's metadata service/,
  },
  {
    name: "a machine without a managed identity",
    prepare: imds(() => reply(400, { error: "invalid_request", error_description: "Identity not found" })),
    outcome: "failed",
    code: "azure-no-identity",
    says: /no managed identity is assigned/,
  },
  {
    name: "a machine with several managed identities",
    prepare: imds(() =>
      reply(400, {
        error: "invalid_request",
        error_description:
          "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
      }),
    ),
    outcome: "failed",
    code: "azure-managed-several",
    says: /set AZURE_CLIENT_ID/,
  },
  {
    name: "a managed identity that the machine does not have",
    prepare: async () => ({
      ...(await imds(() => reply(400, { error_description: "Identity not found" }))()),
      AZURE_CLIENT_ID: CLIENT,
    }),
    outcome: "refused",
    code: "azure-managed-unknown",
    says: new RegExp(CLIENT),
  },
  {
    name: "a metadata service that stays busy",
    prepare: imds(() => reply(429, {})),
    outcome: "unreachable",
    code: "identity-busy",
    says: /status 429/,
  },
  {
    name: "an endpoint of the identity on the internet",
    prepare: () => ({ IDENTITY_ENDPOINT: "http://93.184.216.34/msi/token", IDENTITY_HEADER: "the-header" }),
    outcome: "failed",
    code: "azure-endpoint",
    says: /nothing was sent there/,
  },
  {
    name: "a secret of the endpoint that has changed",
    prepare: async ({ azure }) => {
      const { host } = await startLocalService(MANAGED.appService(azure, "new"));
      return { IDENTITY_ENDPOINT: `http://${host}/msi/token`, IDENTITY_HEADER: "old" };
    },
    outcome: "refused",
    code: "azure-endpoint-refused",
    says: /restart the app/,
  },
  {
    name: "an endpoint at which nothing listens",
    prepare: () => ({ IDENTITY_ENDPOINT: "http://127.0.0.1:9/msi/token", IDENTITY_HEADER: "the-header" }),
    outcome: "unreachable",
    code: "azure-endpoint-silent",
    says: /ECONNREFUSED/,
  },
  {
    name: "an agent of Arc on the internet",
    prepare: () => ({ IDENTITY_ENDPOINT: "http://10.0.0.1:40342/token", IMDS_ENDPOINT: "http://10.0.0.1:40342" }),
    outcome: "failed",
    code: "azure-endpoint",
    says: /IDENTITY_ENDPOINT/,
  },
  {
    name: "an agent of Arc that wants another file",
    prepare: async () => {
      const header = { "www-authenticate": "Basic realm=/root/.ssh/id.key" };
      const { host } = await startLocalService(() => reply(401, {}, header));
      return { IDENTITY_ENDPOINT: `http://${host}/token`, IMDS_ENDPOINT: `http://${host}` };
    },
    outcome: "failed",
    code: "azure-arc-challenge",
    says: /\/var\/opt\/azcmagent\/tokens/,
  },
  {
    name: "a key file of Arc that this user cannot read",
    prepare: async () => {
      const header = { "www-authenticate": "Basic realm=/var/opt/azcmagent/tokens/nonexistent.key" };
      const { host } = await startLocalService(() => reply(401, {}, header));
      return { IDENTITY_ENDPOINT: `http://${host}/token`, IMDS_ENDPOINT: `http://${host}` };
    },
    outcome: "failed",
    code: "azure-arc-key",
    says: /himds/,
  },
  {
    name: "a place that is not known",
    prepare: () => ({ AZURE_TOKEN_CREDENTIALS: "VisualStudioCodeCredential" }),
    outcome: "failed",
    code: "azure-credentials-choice",
    says: /visualstudiocodecredential/,
  },
  {
    name: "a wrong secret",
    prepare: () => ({ ...APPLICATION, AZURE_CLIENT_SECRET: "wrong" }),
    outcome: "refused",
    code: "azure-secret-wrong",
    says: /not to its id/,
    requests: 1,
  },
  {
    name: "an expired secret",
    prepare: signIn(7000222),
    outcome: "refused",
    code: "azure-secret-expired",
    says: /expired/,
    requests: 1,
  },
  {
    name: "an application that does not exist",
    prepare: () => ({ ...APPLICATION, AZURE_CLIENT_ID: OTHER_TENANT }),
    outcome: "refused",
    code: "azure-application-unknown",
    says: /belong together/,
    requests: 1,
  },
  {
    name: "a tenant that does not exist",
    prepare: () => ({ ...APPLICATION, AZURE_TENANT_ID: OTHER_TENANT }),
    outcome: "refused",
    code: "azure-tenant-unknown",
    says: new RegExp(OTHER_TENANT),
    requests: 1,
  },
  {
    name: "a tenant that is a path",
    prepare: () => ({ ...APPLICATION, AZURE_TENANT_ID: "../evil" }),
    outcome: "failed",
    code: "azure-tenant-form",
    says: /AZURE_TENANT_ID/,
  },
  {
    name: "a sign-in service of somebody else",
    prepare: () => ({ ...APPLICATION, AZURE_AUTHORITY_HOST: "https://login.evil.example" }),
    outcome: "failed",
    code: "azure-authority",
    says: /login.evil.example.+nothing was sent/,
  },
  {
    name: "a sign-in service of another cloud",
    prepare: () => ({ ...APPLICATION, AZURE_AUTHORITY_HOST: "login.chinacloudapi.cn" }),
    outcome: "failed",
    code: "azure-authority",
    says: /login.microsoftonline.com/,
  },
  {
    name: "an expired token of the cluster",
    prepare: federated({ lifeSeconds: -60 }),
    outcome: "refused",
    code: "azure-federation-expired",
    says: /expired/,
    requests: 1,
  },
  {
    name: "a token of the cluster for another audience",
    prepare: federated({ audience: "https://kubernetes.default.svc" }),
    outcome: "refused",
    code: "azure-federation-mismatch",
    says: /AADSTS700212/,
    requests: 1,
  },
  {
    name: "a file of the cluster's token that does not exist",
    prepare: () => ({
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: CLIENT,
      AZURE_FEDERATED_TOKEN_FILE: "/nonexistent/token",
    }),
    outcome: "failed",
    code: "azure-file-unreadable",
    says: /AZURE_FEDERATED_TOKEN_FILE names \/nonexistent\/token/,
  },
  {
    name: "a certificate that the application does not have",
    prepare: () => {
      const { file } = makeApplicationCertificate();
      return { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_CERTIFICATE_PATH: file };
    },
    outcome: "refused",
    code: "azure-certificate-unknown",
    says: /upload it/,
    requests: 1,
  },
  {
    name: "a certificate without its key",
    prepare: ({ file }) => ({
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: CLIENT,
      AZURE_CLIENT_CERTIFICATE_PATH: file("cert.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    }),
    outcome: "failed",
    code: "azure-certificate-form",
    says: /PEM/,
  },
  {
    name: "a policy that denies the sign-in",
    prepare: signIn(53003),
    outcome: "refused",
    code: "azure-conditional-access",
    says: /Conditional Access/,
    requests: 1,
  },
  {
    name: "an error of the sign-in that is not known",
    prepare: signIn(99999),
    outcome: "refused",
    code: "azure-sign-in-refused",
    says: /AADSTS99999/,
    requests: 1,
  },
  {
    name: "a clock that is two hours slow",
    prepare: async (setup) => {
      const env = await federated({})(setup);
      setup.azure.now = () => Date.now() + 2 * 3_600_000;
      return env;
    },
    outcome: "failed",
    code: "identity-clock",
    says: /120 minutes slow/,
    requests: 1,
  },
  {
    name: "no audience that is accepted",
    prepare: ({ azure }) => {
      azure.audiences = [];
      return APPLICATION;
    },
    outcome: "refused",
    code: "azure-audience",
    says: /containerregistry.azure.net/,
    requests: 2,
  },
  {
    name: "az without a login",
    prepare: az(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`),
    outcome: "failed",
    code: "azure-no-identity",
    says: /az: it is not logged in/,
  },
  {
    name: "az with an expired login",
    prepare: az("echo 'ERROR: AADSTS700082: The refresh token has expired. Please run: az login' >&2; exit 1"),
    outcome: "refused",
    code: "azure-cli-expired",
    says: /AADSTS700082/,
  },
  {
    name: "az that fails",
    prepare: az("exit 7"),
    outcome: "failed",
    code: "azure-cli-failed",
    says: /exit code 7/,
  },
  {
    name: "no role at the registry",
    prepare: ({ azure }) => {
      azure.hasRole = false;
      return APPLICATION;
    },
    outcome: "refused",
    code: "acr-identity-denied",
    says: /AcrPull.+Container Registry Repository Reader/,
    // Both audiences.
    requests: 4,
  },
  {
    name: "an identity of another tenant",
    prepare: async (setup) => {
      const token = await setup.azure.entraToken("https://containerregistry.azure.net", OTHER_TENANT);
      return az(`echo '{"accessToken": "${token}"}'`)(setup);
    },
    outcome: "refused",
    code: "acr-tenant",
    says: new RegExp(OTHER_TENANT),
    requests: 1,
  },
  {
    name: "a private endpoint that denies this network",
    prepare: registry(
      "/oauth2/exchange",
      reply(403, { errors: [{ code: "DENIED", message: "client with IP '1.2.3.4' is not allowed access" }] }),
    ),
    outcome: "refused",
    code: "acr-firewall",
    says: /mycompany.azurecr.io/,
    requests: 2,
  },
  {
    name: "a registry that sends its logins elsewhere",
    prepare: registry(
      "/v2/",
      reply(401, {}, { "www-authenticate": `Bearer realm="https://evil.example/oauth2/token",service="${ACR_HOST}"` }),
    ),
    outcome: "failed",
    code: "acr-realm",
    says: /evil.example.+nothing was sent/,
    requests: 1,
  },
  {
    name: "a server that is not an Azure registry",
    prepare: registry("/v2/", reply(200, {})),
    outcome: "failed",
    code: "acr-challenge",
    says: /does not answer as an Azure registry/,
    requests: 1,
  },
];

test.each(FAULTS)("$name", async ({ prepare, outcome, code, says, requests = 0 }) => {
  const setup = await setUpAzure();
  const context = setup.at(0);
  const env = { ...context.env, ...(await prepare(setup)) };
  const { registries } = await logIn({ ...setup.home.context(env), now: context.now }, AZURE_KEYLESS);
  expect(registries).toMatchObject([{ host: ACR_HOST, outcome, code }]);
  expect(`${registries[0]?.detail}; ${registries[0]?.hint}`).toMatch(says);
  expect(setup.azure.exchanges).toHaveLength(requests);
});

test("a registry of Azure's former German cloud has no identities", async () => {
  const { at } = await setUpAzure();
  const { registries } = await logIn(at(0, APPLICATION), { ...AZURE_KEYLESS, registries: "ACR=old.azurecr.de" });
  expect(registries).toMatchObject([{ outcome: "failed", code: "azure-cloud-unknown" }]);
});
