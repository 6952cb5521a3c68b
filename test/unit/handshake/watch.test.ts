import { expect, onTestFinished, test } from "vitest";
import { watchRequests } from "../../../src/handshake/watch.ts";
import { createSend } from "../../../src/network/http.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { basic } from "../../support/encoding.ts";
import { leaks } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";

const PASSWORD = "planted-password";
const SIGNAL = { signal: AbortSignal.timeout(10_000) };

/** The lines that are told while `work` runs. */
async function linesOf(work: (send: ReturnType<typeof createSend>["send"]) => Promise<unknown>, env = {}) {
  const lines: string[] = [];
  const stop = watchRequests(makeHome().context(env), (line) => lines.push(line));
  onTestFinished(stop);
  const { send, close } = createSend(env);
  await work(send).catch(() => undefined);
  close();
  stop();
  return lines;
}

test("each request is logged with method, host and status, and nothing else", async () => {
  const server = await startServer((response) => answer(response, 401, { "x-echo": PASSWORD }, PASSWORD));
  const lines = await linesOf((send) =>
    send(new URL(`http://${server.host}/v2/planted-path?token=${PASSWORD}`), {
      method: "POST",
      headers: { authorization: basic("bob", PASSWORD) },
      body: PASSWORD,
      ...SIGNAL,
    }),
  );
  expect(lines).toEqual([`POST http://${server.host} 401`]);
});

test("a failed request is logged with the error's code", async () => {
  const lines = await linesOf((send) => send(new URL("http://localhost:1/v2/"), SIGNAL));
  expect(lines).toEqual(["GET http://localhost:1 ECONNREFUSED"]);
});

test("the proxy is logged without its password", async () => {
  const proxy = await startConnectProxy(1);
  const env = { HTTPS_PROXY: `http://bob:${PASSWORD}@${proxy.host}` };
  const lines = await linesOf((send) => send(new URL("https://quay.io/v2/"), SIGNAL), env);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^GET https://quay\\.io through the proxy ${proxy.host} \\S+$`));
});

test("a host that contains a secret of this environment is masked", async () => {
  const secret = "hunter2-hunter2";
  const env = secrets("A", "quay.io", "bob", secret);
  const lines = await linesOf((send) => send(new URL(`http://${secret}.invalid/`), SIGNAL), env);
  expect(lines).toEqual([expect.stringMatching(/^GET http:\/\/\*\*\*\.invalid \w+$/)]);
  expect(leaks(lines.join(), "bob", secret)).toEqual([]);
});

test("nothing is logged after the end", async () => {
  const server = await startServer((response) => answer(response, 200));
  const lines: string[] = [];
  watchRequests(makeHome().context(), (line) => lines.push(line))();
  const { send, close } = createSend({});
  await send(new URL(`http://${server.host}/`), SIGNAL);
  close();
  expect(lines).toEqual([]);
});
