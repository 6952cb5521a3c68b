import { createServer } from "node:net";
import { expect, test } from "vitest";
import { ask, authorizations, BASIC } from "../../support/handshake.ts";
import { answer, bearer, startServer } from "../../support/misbehaving-server.ts";

const CHALLENGE = { "www-authenticate": "Basic" };

test("a temporary 429 or 5xx is retried", async () => {
  const trouble = [429, 500, 502, 503];
  const server = await startServer((response, nth, { headers }) => {
    if (nth < trouble.length) answer(response, trouble[nth] ?? 500);
    else answer(response, headers.authorization === BASIC ? 200 : 401, CHALLENGE);
  });
  // Each of the logins meets one of them first.
  const verdicts = await Promise.all(trouble.map(() => ask(`http://${server.host}`)));
  expect(verdicts.map(({ outcome }) => outcome)).toEqual(trouble.map(() => "verified"));
  expect(authorizations(server).filter((each) => each === BASIC)).toHaveLength(trouble.length);
});

test("a registry that stays broken is unreachable, after few attempts", async () => {
  const server = await startServer((response) => answer(response, 503));
  expect(await ask(server.host)).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/503/),
    hint: expect.stringMatching(/later/),
  });
  expect(server.seen).toHaveLength(3);
});

test("401 and 404 are never retried", async () => {
  for (const status of [401, 404]) {
    const server = await startServer((response) => answer(response, status, CHALLENGE));
    await ask(server.host);
    expect(authorizations(server)).toEqual(status === 401 ? [null, BASIC] : [null]);
  }
});

test("a short Retry-After is respected", async () => {
  let refusedAt = 0;
  const server = await startServer((response, nth) => {
    if (nth === 0) {
      refusedAt = Date.now();
      answer(response, 429, { "retry-after": "1" });
    } else answer(response, Date.now() - refusedAt >= 990 ? 200 : 404);
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
});

test("a Retry-After beyond the timeout is reported and not waited for", async () => {
  const server = await startServer((response) => answer(response, 429, { "retry-after": "3600" }));
  expect(await ask(server.host)).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/429/),
    hint: expect.stringMatching(/3600/),
  });
  expect(server.seen).toHaveLength(1);
});

test("nothing listens on the port", async () => {
  expect(await ask("http://localhost:1")).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/refused/),
    hint: expect.stringMatching(/port/),
  });
});

test("a registry that hangs is abandoned at the timeout", async () => {
  const server = await startServer(() => {});
  expect(await ask(`http://${server.host}`, { timeoutMs: 300 })).toMatchObject({
    outcome: "unreachable",
    detail: `no answer from ${server.host} within 0.3 s`,
    hint: expect.stringMatching(/timeout/),
  });
});

test("a registry that never ends its answer is abandoned at the timeout", async () => {
  const server = await startServer((response) => response.writeHead(200).write("{"));
  expect(await ask(server.host, { timeoutMs: 300 })).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/0\.3 s/),
  });
});

test("a registry that cuts the connection is unreachable", async () => {
  const server = await startServer((response) => response.socket?.destroy());
  expect(await ask(`http://${server.host}`)).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/closed/),
  });
});

test("a server that does not speak HTTP is unreachable and never gets the credential", async () => {
  let heard = "";
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    socket.on("error", () => {});
    socket.end("SSH-2.0-OpenSSH_9.9\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  expect(await ask(`http://localhost:${port}`)).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/HTTP/),
  });
  expect(heard).not.toContain("Basic");
  server.close();
});

test("an endless answer is cut off and reported as such", async () => {
  const server = await startServer((response) => answer(response, 200, {}, "x".repeat(5_000_000)));
  expect(await ask(`http://${server.host}`)).toMatchObject({
    outcome: expect.stringMatching(/failed|unreachable/),
    detail: expect.stringMatching(/long|large|big/),
  });
});

test("a redirect within the registry is followed", async () => {
  const server = await startServer((response, _, { url, headers }) => {
    if (url === "/v2/") answer(response, 307, { location: "/registry/v2/" });
    else answer(response, headers.authorization === BASIC ? 200 : 401, CHALLENGE);
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "verified" });
});

test("a redirect loop ends", async () => {
  const server = await startServer((response) => answer(response, 302, { location: "/v2/" }));
  expect(await ask(server.host)).toMatchObject({ outcome: "failed", detail: expect.stringMatching(/redirects/) });
  expect(server.seen.length).toBeLessThan(10);
});

test.each([301, 302, 307, 308])(
  "a %i to a different origin is reported, and the credential never goes there",
  async (status) => {
    const other = await startServer((response) => answer(response, 401, CHALLENGE));
    const server = await startServer((response) => answer(response, status, { location: `http://${other.host}/v2/` }));
    expect(await ask(server.host)).toMatchObject({
      outcome: "failed",
      detail: expect.stringMatching(new RegExp(other.host)),
    });
    expect(other.seen).toEqual([]);
    expect(authorizations(server)).toEqual([null]);
  },
);

test("a redirect after the login does not carry the credential", async () => {
  const other = await startServer((response) => answer(response, 200));
  const server = await startServer((response, _, { headers }) => {
    if (headers.authorization === undefined) answer(response, 401, CHALLENGE);
    else answer(response, 307, { location: `http://${other.host}/v2/` });
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "failed" });
  expect(other.seen).toEqual([]);
});

test("a redirect by the token service does not carry it either", async () => {
  const other = await startServer((response) => answer(response, 200, {}, '{"token":"T"}'));
  const server = await startServer((response, _, { url }) => {
    if (url?.startsWith("/token")) answer(response, 307, { location: `http://${other.host}/token` });
    else answer(response, 401, bearer(`http://${server.host}/token`));
  });
  expect(await ask(server.host)).toMatchObject({ outcome: "failed" });
  expect(other.seen).toEqual([]);
});

test.each(["https://10.255.255.1/token", "https://169.254.169.254/token", "not a url", ""])(
  "a token service at %j gets nothing",
  async (realm) => {
    const server = await startServer((response) => answer(response, 401, bearer(realm)));
    expect(await ask(server.host)).toMatchObject({
      outcome: "failed",
      detail: expect.stringMatching(/no credential was sent/),
    });
    expect(authorizations(server)).toEqual([null]);
  },
);
