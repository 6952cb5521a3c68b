import { expect, test } from "vitest";
import { login } from "../../../src/commands/login/login.ts";
import { plan } from "../../../src/commands/plan/plan.ts";
import { diagnose } from "../../support/doctor.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { printed } from "../../support/printed.ts";
import { writtenFiles } from "../../support/temp-home.ts";
import { fresh, loggedIn, PASSWORD, set, startRegistry } from "./table.ts";

const TOKEN = "ghp_Planted0123456789abcdef";

test("a token instead of the user name is masked by every command", async () => {
  const { context } = fresh(set("A", await startRegistry(), { USER: TOKEN }));
  const flags = { options: {}, json: false, onlyChanged: false };
  const { text, json } = await diagnose({ context });
  const outputs = [
    text,
    json,
    (await printed(context, login(context, flags))).stdout,
    (await printed(context, plan(context, {}, false))).stdout,
    (await printed(context, plan(context, {}, true))).stdout,
  ];
  for (const output of outputs) {
    expect(output).not.toBe("");
    expect(leakedPieces(output, TOKEN)).toEqual([]);
  }
});

test("a credential that a registry repeats is not printed", async () => {
  const { host } = await startServer((response, _, { headers, method }) => {
    const shown = headers.authorization ?? "";
    const challenge = {
      "www-authenticate": `Basic realm="${PASSWORD}"`,
      location: `https://${shown.slice(6, 40)}.example.com/`,
    };
    if (method === "GET" && shown === "") return answer(response, 401, challenge);
    answer(response, 403, challenge, JSON.stringify({ errors: [{ code: PASSWORD, message: `${shown} ${PASSWORD}` }] }));
  });
  const { situation } = await loggedIn(set("A", host), { options: { verify: "false" } });
  const { text, json } = await diagnose({ ...situation, targets: [`${host}/acme/app:1`] });
  expect(leakedPieces(text + json, PASSWORD)).toEqual([]);
});

test("a target with a secret in it is not repeated", async () => {
  const { situation } = await loggedIn(set("A", await startRegistry()));
  const { text, json } = await diagnose({
    ...situation,
    targets: ["https://bob:hunter2-of-mine@ghcr.io/acme", PASSWORD],
  });
  expect(text + json).not.toContain("hunter2");
  expect(leakedPieces(text + json, PASSWORD)).toEqual([]);
});

test("the doctor changes nothing", async () => {
  const { home, situation } = await loggedIn(set("A", await startRegistry()));
  const before = { ...writtenFiles(home.folder), ...writtenFiles(home.memory) };
  await diagnose(situation);
  expect({ ...writtenFiles(home.folder), ...writtenFiles(home.memory) }).toEqual(before);
});
