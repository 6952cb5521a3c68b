import { expect, test } from "vitest";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { authOf, makeJwt } from "../../support/encoding.ts";
import { expectHelperFailure, getFor } from "../../support/helper.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { AZURE, AZURE_TOKEN_USER, startNamedRegistries } from "../../support/named-registries.ts";
import { type LoginAnswer, logIn, makeHome, secrets } from "../../support/temp-home.ts";
import { readVectors } from "../../support/vectors.ts";

const HOST = AZURE.host;
const HOUR = 3600;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

test("a refresh token is returned as the identity token, and its expiry is reported", async () => {
  const { context } = makeHome();
  const expiresAt = nowSeconds() + 3 * HOUR;
  const token = makeJwt({ aud: HOST, sub: "ü-1", exp: expiresAt });
  const { registries } = await logIn(context(secrets("ACR", HOST, AZURE_TOKEN_USER, token)), { verify: "false" });
  expect(registries).toMatchObject([{ host: HOST, kind: "acr", expiresAt }]);
  expect(registries[0]?.detail).toContain(`until ${new Date(expiresAt * 1000).toISOString()}`);
  expect(await getFor(context(), HOST)).toMatchObject({ user: "<token>", secret: token });
});

test("a token without an expiry, or that is not a JWT, is returned anyway", async () => {
  for (const token of [makeJwt({ aud: HOST }), "opaque-refresh-token"]) {
    const { context } = makeHome();
    const { registries } = await logIn(context(secrets("ACR", HOST, AZURE_TOKEN_USER, token)), { verify: "false" });
    expect(registries).toMatchObject([{ outcome: "unreachable", expiresAt: null }]);
    expect(await getFor(context(), HOST)).toMatchObject({ user: "<token>", secret: token });
  }
});

// JSON has no NaN and no Infinity; 1e400 is read as Infinity.
test.each(["-1e20", "-1", "1e15", "1e20", "1e400", "253402300800", '"tomorrow"', "null", "[]", "{}"])(
  "an expiry that is not a time, %s, counts as none, and the other registries are logged in",
  async (exp) => {
    const { context } = makeHome();
    const token = `e30.${Buffer.from(`{"exp":${exp}}`).toString("base64url")}.c2ln`;
    const secretsOfBoth = { ...secrets("ACR", HOST, AZURE_TOKEN_USER, token), ...secrets("Z", "quay.io", "bob", "pw") };
    const { registries } = await logIn(context(secretsOfBoth), { verify: "false" });
    expect(registries).toMatchObject([
      { identifier: "ACR", outcome: "unreachable", code: null, expiresAt: null },
      { identifier: "Z", outcome: "unreachable", code: null },
    ]);
    expect(await getFor(context(), HOST)).toMatchObject({ secret: token });
  },
);

test("an expired token is rejected with its expiry, and no client gets it", async () => {
  const { context } = makeHome();
  const end = Math.floor(Date.parse("2026-01-02T03:04:05Z") / 1000);
  const token = makeJwt({ exp: end });
  const { registries } = await logIn(context(secrets("ACR", HOST, AZURE_TOKEN_USER, token)));
  expect(registries).toMatchObject([{ outcome: "refused", detail: expect.stringContaining("2026-01-02T03:04:05") }]);
  expect(registries[0]?.hint).toContain("az acr login --expose-token");
  await expectHelperFailure(context(), HOST, /2026-01-02T03:04:05/);
});

test("a token that expires after the login is no longer served, and the client prints the cause", async () => {
  const { context } = makeHome();
  const token = makeJwt({ exp: nowSeconds() + 3 * HOUR });
  await logIn(context(secrets("ACR", HOST, AZURE_TOKEN_USER, token)), { verify: "false" });
  const later = { ...context(), now: () => Date.now() + 4 * HOUR * 1000 };
  await expectHelperFailure(later, HOST, /expired/);
});

test("a service principal is returned unchanged", async () => {
  const { context } = makeHome();
  const principal = "11111111-2222-3333-4444-555555555555";
  const { registries } = await logIn(context(secrets("ACR", HOST, principal, "client-secret")), { verify: "false" });
  expect(registries).toMatchObject([{ kind: "acr", expiresAt: null }]);
  expect(await getFor(context(), HOST)).toMatchObject({ user: principal, secret: "client-secret" });
});

test("plaintext storage writes the user that Azure expects, since config.json cannot mark a token", async () => {
  const { context, readConfig } = makeHome();
  const token = makeJwt({ exp: nowSeconds() + HOUR });
  await logIn(context(secrets("ACR", HOST, AZURE_TOKEN_USER, token)), { verify: "false", storage: "plaintext" });
  const auth = authOf(AZURE_TOKEN_USER, token);
  expect(readConfig()?.auths).toEqual({ [HOST]: { auth } });
});

test("the login follows the protocol of clients: the refresh token goes by POST to the realm and nowhere else", async () => {
  const { context } = makeHome();
  const token = makeJwt({ exp: nowSeconds() + HOUR });
  const { env, requests } = await startNamedRegistries([{ ...AZURE, accepts: { refreshToken: token } }]);
  const { registries } = await logIn(context({ ...env, ...secrets("ACR", HOST, AZURE_TOKEN_USER, token) }));
  expect(registries).toMatchObject([{ outcome: "verified" }]);
  expect(requests).toEqual([
    {
      method: "POST",
      url: AZURE.realm,
      authorization: null,
      form: {
        grant_type: "refresh_token",
        client_id: expect.stringMatching(/./),
        service: HOST,
        scope: "",
        refresh_token: token,
      },
    },
  ]);
});

test("a refresh token that Azure rejects is not stored", async () => {
  const { context } = makeHome();
  const { env } = await startNamedRegistries([{ ...AZURE, accepts: { refreshToken: "another" } }]);
  const token = makeJwt({ exp: nowSeconds() + HOUR });
  const { registries } = await logIn(context({ ...env, ...secrets("ACR", HOST, AZURE_TOKEN_USER, token) }));
  expect(registries).toMatchObject([{ outcome: "refused", detail: expect.stringContaining(HOST) }]);
  await expectHelperFailure(context(), HOST, /401/);
});

test("a service principal sends its password to the token service", async () => {
  const { context } = makeHome();
  const login = { user: "11111111-2222-3333-4444-555555555555", password: "client-secret" };
  const { env, requests } = await startNamedRegistries([{ ...AZURE, accepts: login }]);
  const { registries } = await logIn(context({ ...env, ...secrets("ACR", HOST, login.user, login.password) }));
  expect(registries).toMatchObject([{ outcome: "verified" }]);
  expect(requests).toMatchObject([{ method: "GET", url: `${AZURE.realm}?service=${HOST}` }]);
});

interface ChallengeRow {
  readonly name: string;
  readonly status: number;
  readonly wwwAuthenticate: readonly string[];
  readonly expected: { readonly realm: string; readonly service: string } | null;
}

const table = readVectors<{
  readonly challengeCases: readonly ChallengeRow[];
  readonly exchangeCases: readonly { readonly httpStatus: number }[];
}>("acr-hosts");

const TEST_HOST = "test.azurecr.io";

/** Logs in with a refresh token to a registry that challenges so, and has a token service that answers with a status. */
async function logInTo(
  { status, wwwAuthenticate }: Pick<ChallengeRow, "status" | "wwwAuthenticate">,
  serviceStatus: number,
): Promise<{ login: LoginAnswer; services: string[] }> {
  const certificate = makeCertificate(TEST_HOST);
  const server = await startServer((response, _, { method, headers }) => {
    if (method === "POST") answer(response, serviceStatus, {}, '{"access_token":"T"}');
    else if (headers.authorization === "Bearer T") answer(response, 200);
    else answer(response, status, wwwAuthenticate.length === 0 ? {} : { "www-authenticate": wwwAuthenticate });
  }, certificate);
  const proxy = await startConnectProxy(server.port);
  const env = {
    SSL_CERT_FILE: certificate.certFile,
    HTTPS_PROXY: `http://${proxy.host}`,
    ...secrets("ACR", TEST_HOST, AZURE_TOKEN_USER, "refresh-token"),
  };
  const login = await logIn(makeHome().context(env));
  const services = server.seen.filter(({ path }) => path !== "/v2/").map(({ path }) => `https://${TEST_HOST}${path}`);
  return { login, services };
}

test.each(table.challengeCases)("Azure's challenge: $name", async (row) => {
  const { login, services } = await logInTo(row, 200);
  expect(services).toEqual(row.expected === null ? [] : [row.expected.realm]);
  if (row.status === 401) {
    expect(login.registries).toMatchObject([{ outcome: row.expected === null ? "failed" : "verified" }]);
  }
});

test.each(table.exchangeCases)("Azure's token service answers with $httpStatus", async ({ httpStatus }) => {
  const challenge = table.challengeCases.find(({ expected }) => expected !== null) as ChallengeRow;
  const { login } = await logInTo(challenge, httpStatus);
  // Whatever of 4xx a token service answers to a credential, it rejects it.
  const isRejected = httpStatus >= 400 && httpStatus < 500;
  const detail = isRejected ? `rejected the login (${httpStatus}` : `${TEST_HOST} answered ${httpStatus}`;
  expect(login.registries).toMatchObject([
    { outcome: isRejected ? "refused" : "failed", detail: expect.stringContaining(detail) },
  ]);
});
