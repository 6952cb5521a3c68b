import { expect, test } from "vitest";
import { diagnose } from "../../support/doctor.ts";
import { getFor } from "../../support/helper.ts";
import { ACR_HOST, type Azure, CLIENT, CLIENT_SECRET, createAzure, TENANT } from "../../support/identity/azure.ts";
import { APPLICATION, AZURE_SOURCES, installAz } from "../../support/identity/azure-sources.ts";
import { AZURE_KEYLESS, setUpAzure } from "../../support/identity/setup.ts";
import { logIn, secrets } from "../../support/temp-home.ts";

const EXCHANGE = `POST ${ACR_HOST}/oauth2/exchange`;
const NULL_GUID = "00000000-0000-0000-0000-000000000000";

function linesOf({ exchanges }: Azure): string[] {
  return exchanges.map(({ method, host, path }) => `${method} ${host}${path}`);
}

test.each(Object.entries(AZURE_SOURCES))(
  "an entry without secrets logs in with %s",
  async (_, { prepare, requests }) => {
    const setup = await setUpAzure();
    const env = await prepare(setup);
    const { azure, at } = setup;
    const { registries } = await logIn(at(0, env), AZURE_KEYLESS);
    expect(registries).toMatchObject([{ outcome: "verified", host: ACR_HOST }]);
    expect(registries[0]?.detail).toContain("the machine's own Azure identity");
    expect(linesOf(azure)).toEqual(requests);
    const answer = await getFor(at(1, env), ACR_HOST);
    expect([answer.user, answer.secret]).toEqual([NULL_GUID, azure.tokens.at(-1)]);
  },
);

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
