import { describe, expect, onTestFinished, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../../support/embedded-registry.ts";
import { ask, authorizations, BASIC, PASSWORD, USER } from "../../support/handshake.ts";
import { answer, bearer, startServer } from "../../support/misbehaving-server.ts";
import { readVectors } from "../../support/vectors.ts";

async function registry(auth: "basic" | "bearer"): Promise<EmbeddedRegistry> {
  const started = await startEmbeddedRegistry({ auth, user: USER, password: PASSWORD });
  onTestFinished(() => started.close());
  return started;
}

describe.each(["basic", "bearer"] as const)("a registry that asks for %s", (auth) => {
  test("accepts the right password", async () => {
    const { host, requests } = await registry(auth);
    expect(await ask(host)).toEqual({ outcome: "verified", code: null, detail: "", hint: "" });
    expect(requests[0]).toEqual({ line: "GET /v2/", scheme: null });
  });

  test("rejects a wrong password after one request", async () => {
    const { host, requests } = await registry(auth);
    expect(await ask(host, { password: "wrong" })).toMatchObject({
      outcome: "refused",
      detail: expect.stringMatching(/401/),
    });
    expect(requests.filter(({ scheme }) => scheme === "Basic")).toHaveLength(1);
  });

  test.each([
    ["in UTF-8", "pässwörd-🔑"],
    ["with quotes", 'a"b$c'],
    ["of many lines", "one\ntwo"],
    ["of 8 KB", "x".repeat(8 * 1024)],
    ["that is empty", ""],
  ])("accepts a password %s", async (_, password) => {
    const started = await startEmbeddedRegistry({ auth, user: USER, password });
    onTestFinished(() => started.close());
    expect(await ask(started.host, { password })).toMatchObject({ outcome: "verified" });
  });
});

test("a token service gets the challenge's service and scope and nothing else", async () => {
  const server = await startServer((response, _, { url, headers }) => {
    if (url?.startsWith("/token")) {
      answer(response, headers.authorization === BASIC ? 200 : 401, {}, '{"access_token":"T"}');
    } else if (headers.authorization === "Bearer T") answer(response, 200);
    else {
      const challenge = `Bearer realm="http://${server.host}/token?account=1",service="my registry",scope="registry:catalog:*"`;
      answer(response, 401, { "www-authenticate": challenge });
    }
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
  expect(server.seen).toEqual([
    { path: "/v2/", authorization: null },
    { path: "/token?account=1&service=my+registry&scope=registry%3Acatalog%3A*", authorization: BASIC },
    { path: "/v2/", authorization: "Bearer T" },
    // The token service gives a token to nobody as well?
    { path: "/token?account=1&service=my+registry&scope=registry%3Acatalog%3A*", authorization: null },
  ]);
});

test.each([
  'Basic realm="a", Bearer realm="http://HOST/token"',
  'Bearer realm="http://HOST/token", Basic realm="a"',
  'bearer REALM="http://HOST/token"',
])("Bearer is preferred in the challenge %s", async (challenge) => {
  const server = await startServer((response, _, { url, headers }) => {
    if (url === "/token") answer(response, headers.authorization === BASIC ? 200 : 401, {}, '{"token":"T"}');
    else if (headers.authorization === "Bearer T") answer(response, 200);
    else answer(response, 401, { "www-authenticate": challenge.replace("HOST", server.host) });
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
  expect(authorizations(server)).toEqual([null, BASIC, "Bearer T", null]);
});

interface StatusRow {
  readonly name: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly expected: { readonly scheme: string } | null;
}

const table = readVectors<{
  readonly multiHeaderCases: readonly StatusRow[];
  readonly tokenResponseCases: readonly { responseBody: string; expected: string | null }[];
}>("www-authenticate");

test.each(table.multiHeaderCases)("$name", async ({ status, headers, expected }) => {
  const server = await startServer((response) => answer(response, status, { "www-authenticate": headers }));
  expect(await ask(server.host)).toMatchObject({
    outcome: "refused",
    detail: expect.stringMatching(new RegExp(`${status}`)),
  });
  expect(authorizations(server)).toEqual(expected === null ? [null] : [null, BASIC]);
});

test.each(table.tokenResponseCases)("the token service's answer $responseBody", async ({ responseBody, expected }) => {
  const server = await startServer((response, _, { url, headers }) => {
    if (url?.startsWith("/token")) answer(response, 200, {}, responseBody);
    else if (headers.authorization === `Bearer ${expected}`) answer(response, 200);
    else answer(response, 401, bearer(`http://${server.host}/token`));
  });
  expect(await ask(server.host)).toMatchObject({ outcome: expected === null ? "failed" : "verified" });
});

test.each(["", "null", "[]", '{"token":""}', '{"token":1}', '{"token":"a\\r\\nb"}', "<html>"])(
  "the token service's answer %j contains no token",
  async (body) => {
    const server = await startServer((response, _, { url }) => {
      if (url?.startsWith("/token")) answer(response, 200, {}, body);
      else answer(response, 401, bearer(`http://${server.host}/token`));
    });
    expect(await ask(server.host)).toMatchObject({
      outcome: "failed",
      detail: expect.stringMatching(/without a token/),
    });
  },
);

describe("an open registry", () => {
  test("receives the credential", async () => {
    const server = await startServer((response) => answer(response, 200));
    expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
    expect(authorizations(server)).toEqual([null, BASIC]);
  });

  test("may still reject a wrong credential", async () => {
    const server = await startServer((response, _, { headers }) =>
      answer(response, headers.authorization === undefined ? 200 : 401),
    );
    expect(await ask(server.host)).toMatchObject({ outcome: "refused" });
  });
});

test.each([
  [403, "refused"],
  [404, "failed"],
  [400, "failed"],
  [204, "failed"],
])("an anonymous %i is %s, and the credential is not sent", async (status, outcome) => {
  const server = await startServer((response) => answer(response, status));
  expect(await ask(server.host)).toMatchObject({ outcome, detail: expect.stringMatching(new RegExp(`${status}`)) });
  expect(authorizations(server)).toEqual([null]);
});

test.each([
  ["nothing", {}, /does not say how/],
  ["Negotiate", { "www-authenticate": "Negotiate" }, /negotiate/],
  ["Digest", { "www-authenticate": 'Digest realm="a", nonce="b"' }, /digest/],
])("a challenge of %s cannot be answered", async (_, headers, detail) => {
  const server = await startServer((response) => answer(response, 401, headers));
  expect(await ask(server.host)).toMatchObject({
    outcome: "failed",
    detail: expect.stringMatching(detail),
    hint: expect.stringMatching(/Basic or Bearer/),
  });
  expect(authorizations(server)).toEqual([null]);
});

test("a token service that rejects the login is named", async () => {
  const server = await startServer((response, _, { url }) =>
    url?.startsWith("/token")
      ? answer(response, 403)
      : answer(response, 401, bearer(`http://127.0.0.1:${server.port}/token`)),
  );
  expect(await ask(server.host)).toMatchObject({
    outcome: "refused",
    detail: expect.stringMatching(/token service 127\.0\.0\.1:\d+ .*403/),
  });
});
