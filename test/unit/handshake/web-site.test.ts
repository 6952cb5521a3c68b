import { expect, test } from "vitest";
import { ask, authorizations } from "../../support/handshake.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";

const HTML = { "content-type": "text/html; charset=utf-8" };

test("a web site that answers everything is not a registry and gets no password", async () => {
  const server = await startServer((response) => answer(response, 200, HTML, "<html>welcome</html>"));
  expect(await ask(server.host)).toMatchObject({
    outcome: "failed",
    detail: expect.stringContaining("web page"),
    hint: expect.stringContaining("host name"),
  });
  expect(authorizations(server)).toEqual([null]);
});

test("a redirect to a page of the same site is not followed with a password", async () => {
  const server = await startServer((response, _, { url }) => {
    if (url === "/v2/") answer(response, 302, { location: "/users/sign_in" });
    else answer(response, 200, HTML, "<form>");
  });
  expect(await ask(server.host)).toMatchObject({
    outcome: "failed",
    detail: expect.stringContaining("a different page"),
  });
  expect(server.seen.map(({ path, authorization }) => [path, authorization])).toEqual([["/v2/", null]]);
});

test("a 403 before any login is not reported as a wrong password", async () => {
  const server = await startServer((response) => answer(response, 403));
  expect(await ask(server.host)).toMatchObject({
    outcome: "refused",
    detail: expect.stringMatching(/rejects this machine \(403 Forbidden\); no password was sent/),
    hint: expect.stringMatching(/firewall/),
  });
  expect(authorizations(server)).toEqual([null]);
});
