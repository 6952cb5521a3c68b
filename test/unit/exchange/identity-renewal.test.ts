import { expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { getFor } from "../../support/helper.ts";
import { ACR_HOST, CLIENT, CLIENT_SECRET, TENANT } from "../../support/identity/azure.ts";
import { GOOGLE_HOST } from "../../support/identity/google.ts";
import { reply } from "../../support/identity/requests.ts";
import { AZURE_KEYLESS, GOOGLE_KEYLESS, setUpAzure, setUpGoogle } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";

/** Minutes after the login, and how many tokens there have been by then: Google's last an hour, those of a registry three. */
const CLOCK = [
  { minutes: 0, google: 1, azure: 1 },
  { minutes: 29, google: 1, azure: 1 },
  { minutes: 40, google: 2, azure: 1 },
  { minutes: 69, google: 2, azure: 1 },
  { minutes: 70, google: 3, azure: 1 },
  { minutes: 100, google: 4, azure: 2 },
  { minutes: 240, google: 5, azure: 3 },
  { minutes: 780, google: 6, azure: 4 },
];

const AZURE_ENV = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: CLIENT_SECRET };

test("a login at Google stays valid, with one exchange for each half of an hour in which it is used", async () => {
  const { google, metadata, at } = await setUpGoogle();
  const env = { METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host };
  await logIn(at(0, env), GOOGLE_KEYLESS);
  for (const { minutes, google: count } of CLOCK) {
    const { secret } = await getFor(at(minutes, env), GOOGLE_HOST);
    expect([minutes, secret, google.exchanges.length]).toEqual([minutes, google.tokens[count - 1], count]);
  }
});

test("a login at Azure stays valid, with one exchange for each half of three hours in which it is used", async () => {
  const { azure, at } = await setUpAzure();
  await logIn(at(0, AZURE_ENV), AZURE_KEYLESS);
  for (const { minutes, azure: count } of CLOCK) {
    const { secret } = await getFor(at(minutes, AZURE_ENV), ACR_HOST);
    expect([minutes, secret, azure.exchanges.length]).toEqual([minutes, azure.tokens[count - 1], 2 * count]);
  }
});

test("while a cloud fails, clients get the last token until it expires, and then the cause", async () => {
  const { google, metadata, at } = await setUpGoogle();
  const env = { METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host };
  await logIn(at(0, env), GOOGLE_KEYLESS);
  google.fault = () => reply(404, "");
  expect((await getFor(at(45, env), GOOGLE_HOST)).secret).toBe(google.tokens[0]);
  const late = await getFor(at(61, env), GOOGLE_HOST);
  expect([late.secret, late.stderr]).toEqual([null, expect.stringContaining("has no service account")]);
  google.fault = () => null;
  expect((await getFor(at(62, env), GOOGLE_HOST)).secret).toBe(google.tokens[1]);
});

test("a renewal behind the client's back ends with success where the token is fresh again", async () => {
  const { google, metadata, at } = await setUpGoogle();
  const env = { METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host };
  await logIn(at(0, env), GOOGLE_KEYLESS);
  const renew = async () => (await credentialHelper(at(40, env), ["renew"], async () => GOOGLE_HOST)).exitCode;
  expect([await renew(), google.exchanges.length]).toEqual([0, 2]);
});

test("registries of one identity at Google share a token, and each registry of Azure has its own", async () => {
  const { google, metadata, at } = await setUpGoogle();
  const env = { METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host };
  await logIn(at(0, env), { ...GOOGLE_KEYLESS, registries: `A=${GOOGLE_HOST}, B=gcr.io`, verify: "false" });
  const secrets = await Promise.all(
    [GOOGLE_HOST, "gcr.io"].map(async (host) => (await getFor(at(1, env), host)).secret),
  );
  expect([new Set(secrets), google.exchanges.length]).toEqual([new Set(google.tokens), 1]);
});

test("fifty clients at once without a token make one exchange", async () => {
  const { azure, at } = await setUpAzure();
  await logIn(at(0, AZURE_ENV), AZURE_KEYLESS);
  const before = azure.exchanges.length;
  const answers = await Promise.all(Array.from({ length: 50 }, () => getFor(at(240, AZURE_ENV), ACR_HOST)));
  expect(new Set(answers.map(({ secret }) => secret))).toEqual(new Set([azure.tokens[1]]));
  expect(azure.exchanges.length - before).toBe(2);
});
