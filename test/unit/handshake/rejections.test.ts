import { describe, expect, test } from "vitest";
import { askImage } from "../../../src/handshake/image.ts";
import { createSend } from "../../../src/network/http.ts";
import { parseImage } from "../../../src/registries/image.ts";
import { ask, authorizations, BASIC, PASSWORD, USER } from "../../support/handshake.ts";
import { answer, bearer, type LocalServer, startServer } from "../../support/misbehaving-server.ts";

/** A registry, or a token service of one, that answers to a credential as a row says. */
interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CHALLENGE = { "www-authenticate": 'Basic realm="test"' };

function startBasic({ status, body = "{}", headers = {} }: Reply): Promise<LocalServer> {
  return startServer((response, _, request) =>
    request.headers.authorization === undefined
      ? answer(response, 401, CHALLENGE)
      : answer(response, status, headers, body),
  );
}

function startBearer({ status, body = "{}", headers = {} }: Reply): Promise<LocalServer> {
  return startServer((response, _, { url, headers: sent }) =>
    url?.startsWith("/token")
      ? answer(response, status, headers, body)
      : answer(response, 401, bearer(`http://${sent.host}/token`)),
  );
}

/** Each reply at the registry itself, and at its token service. */
const PLACES = [
  ["a registry", startBasic],
  ["a token service", startBearer],
] as const;

/** Sources: AWS's answers to tokens of another region, account or age; RFC 9110 section 15.5 for the rest. */
const STATUSES = [
  { status: 400, outcome: "refused", code: "credential-refused" },
  { status: 401, outcome: "refused", code: "credential-refused" },
  { status: 402, outcome: "refused", code: "credential-refused" },
  { status: 403, outcome: "refused", code: "credential-refused" },
  { status: 404, outcome: "refused", code: "credential-refused" },
  { status: 405, outcome: "refused", code: "credential-refused" },
  { status: 410, outcome: "refused", code: "credential-refused" },
  { status: 418, outcome: "refused", code: "credential-refused" },
  { status: 422, outcome: "refused", code: "credential-refused" },
  { status: 451, outcome: "refused", code: "credential-refused" },
  { status: 407, outcome: "unreachable", code: "proxy-login" },
  { status: 423, outcome: "unreachable", code: "login-locked" },
  { status: 429, outcome: "unreachable", code: "too-many-requests" },
  { status: 431, outcome: "failed", code: "header-too-long" },
] as const;

describe.each(PLACES)("%s that answers to a credential with", (_, start) => {
  test.each(STATUSES)("$status: $code", async ({ status, outcome, code }) => {
    const server = await start({ status });
    expect(await ask(server.host)).toMatchObject({ outcome, code });
    expect(authorizations(server).filter((each) => each === BASIC)).toHaveLength(1);
  });
});

test.each([
  ["of another region", 400, { errors: [{ code: "DENIED", message: "Your Authorization Token is invalid." }] }],
  ["that has expired", 403, { errors: [{ code: "DENIED", message: "Your authorization token has expired." }] }],
  ["of another account", 400, { errors: [{ code: "UNSUPPORTED", message: "Invalid registry endpoint" }] }],
])("AWS's answer to a token %s is a rejection, and is not repeated", async (_, status, body) => {
  const server = await startBasic({ status, body: JSON.stringify(body) });
  const verdict = await ask(server.host);
  expect(verdict).toMatchObject({ outcome: "refused", code: "credential-refused" });
  expect(JSON.stringify(verdict)).not.toContain(body.errors[0]?.message);
});

test.each([400, 402, 404, 422])("without a challenge, a %i is no rejection of a credential", async (status) => {
  const server = await startServer((response) => answer(response, status));
  expect(await ask(server.host)).toMatchObject({ outcome: "failed", code: "not-a-registry" });
  expect(authorizations(server)).toEqual([null]);
});

test.each(["Request Header Or Cookie Too Large", "<h1>400 Bad Request</h1>request header too long"])(
  "nginx's 400 for a long header (%s) is not a rejection",
  async (body) => {
    const server = await startBasic({ status: 400, body });
    expect(await ask(server.host)).toMatchObject({ outcome: "failed", code: "header-too-long" });
  },
);

/** Source: the answers of each server; their texts are in its code or in reports of its users. */
const LOCKOUTS: readonly (Reply & { readonly name: string })[] = [
  { name: "Docker Hub", status: 429, body: '{"details":"too many failed login attempts for username or IP address"}' },
  {
    name: "Artifactory, blocked",
    status: 403,
    body: '{"errors":[{"status":403,"message":"This request is blocked due to recurrent login failures, please try again in 5 seconds"}]}',
  },
  { name: "Artifactory, locked", status: 401, body: '{"errors":[{"status":401,"message":"bob is locked out"}]}' },
  {
    name: "Quay",
    status: 401,
    body: '{"errors":[{"code":"UNAUTHORIZED","message":"Too many incorrect login attempts. Please try again later."}]}',
  },
  {
    name: "Keycloak",
    status: 400,
    body: '{"error":"invalid_grant","error_description":"Account temporarily disabled"}',
  },
  { name: "GitLab", status: 403, body: "Your account has been temporarily locked" },
  { name: "WebDAV's status", status: 423, body: "" },
];

describe.each(PLACES)("%s that locks logins", (_, start) => {
  test.each(LOCKOUTS)("$name ($status) is named as that, and gets the credential once", async (reply) => {
    const server = await start({ ...reply, headers: { "retry-after": "1" } });
    const verdict = await ask(server.host);
    expect(verdict).toMatchObject({ outcome: "unreachable", code: "login-locked" });
    expect(verdict.hint).toContain("try again in 1 s");
    expect(authorizations(server).filter((each) => each === BASIC)).toHaveLength(1);
  });

  test.each([
    ["denied: requested access to the resource is denied", 403],
    ["unauthorized: authentication required", 401],
    ["incorrect username or password", 401],
    ["The account is disabled.", 403],
    ["Your account has been blocked by an administrator.", 403],
  ])("%s is a rejection", async (message, status) => {
    const server = await start({ status, body: JSON.stringify({ errors: [{ message }] }) });
    expect(await ask(server.host)).toMatchObject({ outcome: "refused" });
  });
});

test("a request without a credential is repeated on 429, and one with it is not", async () => {
  const server = await startServer((response, nth, { headers }) => {
    if (headers.authorization !== undefined) answer(response, 429);
    else answer(response, nth === 0 ? 429 : 401, nth === 0 ? {} : CHALLENGE);
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "unreachable", code: "too-many-requests" });
  expect(authorizations(server)).toEqual([null, null, BASIC]);
});

test("a question about an image ends with the first 429 to a credential", async () => {
  const server = await startBearer({ status: 429 });
  const { send, close } = createSend({});
  const credential = { username: USER, secret: PASSWORD, expiresAt: null };
  const answers = await askImage(parseImage(`${server.host}/acme/app:1`), credential, true, send, 10_000);
  close();
  expect(answers).toMatchObject({ pull: { status: 429 }, push: null });
  expect(authorizations(server).filter((each) => each === BASIC)).toHaveLength(1);
});

/** Source: distribution/distribution `registry/client/auth/session.go` (SuccessStatus, the token's JSON). */
describe("a token service is read as docker reads it:", () => {
  test.each([
    { name: "status 200", status: 200, body: '{"token":"T"}', outcome: "verified" },
    { name: "status 201", status: 201, body: '{"token":"T"}', outcome: "verified" },
    { name: "status 202", status: 202, body: '{"access_token":"T"}', outcome: "verified" },
    { name: "null next to access_token", status: 200, body: '{"token":null,"access_token":"T"}', outcome: "verified" },
    { name: "null next to token", status: 200, body: '{"token":"T","access_token":null}', outcome: "verified" },
    {
      name: "an empty token next to access_token",
      status: 200,
      body: '{"token":"","access_token":"T"}',
      outcome: "verified",
    },
    { name: "two nulls", status: 200, body: '{"token":null,"access_token":null}', outcome: "failed" },
    { name: "a number", status: 200, body: '{"token":1,"access_token":"T"}', outcome: "failed" },
    { name: "no content", status: 204, body: "", outcome: "failed" },
  ])("$name is $outcome", async ({ status, body, outcome }) => {
    const server = await startServer((response, _, { url, headers }) => {
      if (url?.startsWith("/token")) answer(response, headers.authorization === BASIC ? status : 401, {}, body);
      else if (headers.authorization === "Bearer T") answer(response, 200);
      else answer(response, 401, bearer(`http://${headers.host}/token`));
    });
    expect(await ask(server.host)).toMatchObject({ outcome });
  });

  test.each([
    ['Bearer realm="http://HOST/token" service="s" scope="x"', "/token"],
    ['Bearer realm="http://HOST/token"service="s"', "/token"],
    ['Bearer realm="http://HOST/token",service="s" scope="x"', "/token?service=s"],
    ['Bearer realm="http://HOST/token";service="s"', "/token"],
    ['Bearer  realm="http://HOST/token" , service="s"', "/token?service=s"],
  ])("the challenge %s", async (challenge, path) => {
    const server = await startServer((response, _, { url, headers }) => {
      if (url?.startsWith("/token")) answer(response, headers.authorization === BASIC ? 200 : 401, {}, '{"token":"T"}');
      else if (headers.authorization === "Bearer T") answer(response, 200);
      else answer(response, 401, { "www-authenticate": challenge.replace("HOST", headers.host ?? "") });
    });
    expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
    expect(server.seen[1]).toEqual({ path, authorization: BASIC });
  });
});

describe("acceptance that proves nothing is named:", () => {
  const UNPROVEN = { outcome: "verified", code: "login-unproven" };
  const PROVEN = { outcome: "verified", code: null };

  /** @param anonymous what the token service answers to nobody, and the registry to that token */
  async function verdictWith(anonymous: { readonly token: number; readonly registry: number }): Promise<object> {
    const server = await startServer((response, _, { url, headers }) => {
      const isLogin = headers.authorization === BASIC;
      if (url?.startsWith("/token"))
        answer(response, isLogin ? 200 : anonymous.token, {}, `{"token":"${isLogin ? "T" : "N"}"}`);
      else if (headers.authorization === "Bearer T") answer(response, 200);
      else if (headers.authorization === "Bearer N") answer(response, anonymous.registry);
      else answer(response, 401, bearer(`http://${headers.host}/token`));
    });
    return await ask(server.host);
  }

  test.each([
    { name: "nobody gets a token that is accepted", token: 200, registry: 200, expected: UNPROVEN },
    { name: "nobody gets a token that is not accepted", token: 200, registry: 401, expected: PROVEN },
    { name: "nobody gets a token", token: 401, registry: 200, expected: PROVEN },
    { name: "nobody gets a token, by 403", token: 403, registry: 200, expected: PROVEN },
    { name: "nobody gets an answer", token: 400, registry: 200, expected: PROVEN },
  ])("$name", async ({ expected, ...anonymous }) => {
    expect(await verdictWith(anonymous)).toMatchObject(expected);
  });

  test("a registry that needs no login", async () => {
    const server = await startServer((response) => answer(response, 200));
    expect(await ask(server.host)).toMatchObject(UNPROVEN);
  });

  test("a registry with Basic rejects nobody", async () => {
    const server = await startBasic({ status: 200 });
    expect(await ask(server.host)).toMatchObject(PROVEN);
    expect(authorizations(server)).toEqual([null, BASIC]);
  });
});
