import { expect, test } from "vitest";
import { basic } from "../../../../support/encoding.ts";
import { answer, startServer } from "../../../../support/misbehaving-server.ts";
import { logIn, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const WRONG = "planted-wrong";
const RIGHT = "planted-right";

/** A registry of this user, which counts the credentials that it gets. */
async function startRegistry(password: () => string | 429) {
  const server = await startServer((response, _, { headers }) => {
    const accepted = password();
    if (headers.authorization === undefined) return answer(response, 401, { "www-authenticate": 'Basic realm="x"' });
    if (accepted === 429) return answer(response, 429, { "retry-after": "3600" });
    answer(response, headers.authorization === basic("bob", accepted) ? 200 : 401);
  });
  const sent = (secret: string): number =>
    server.seen.filter(({ authorization }) => authorization === basic("bob", secret)).length;
  return { host: server.host, sent };
}

test.each([
  ["alone", false],
  ["next to a saved login that stays in use", true],
])("a rejected secret is sent once by five starts, %s", async (_, hasSaved) => {
  const host = withStore();
  const registry = await startRegistry(() => RIGHT);
  if (hasSaved) await logIn(host, secrets("A", registry.host, "bob", RIGHT));
  const env = secrets("A", registry.host, "bob", WRONG);
  await logIn(host, env, "--if-changed");
  const once = registry.sent(WRONG);
  for (let start = 0; start < 4; start++) {
    expect(await logIn(host, env, "--if-changed")).toMatchObject({ code: "rejected-before" });
  }
  expect(registry.sent(WRONG)).toBe(once);
  if (hasSaved) expect(await host.dockerLogin(registry.host)).toEqual({ username: "bob", secret: RIGHT });

  // By hand, and after a change, it is sent.
  await logIn(host, env);
  expect(registry.sent(WRONG)).toBe(2 * once);
  const right = await logIn(host, secrets("A", registry.host, "bob", RIGHT), "--if-changed");
  expect(right).toMatchObject({ outcome: hasSaved ? "unchanged" : "verified", code: null });
});

test("too many requests are not a wrong password, and the next start tries again", async () => {
  const host = withStore();
  let accepted: string | 429 = 429;
  const registry = await startRegistry(() => accepted);
  const env = secrets("A", registry.host, "bob", RIGHT);
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "unreachable", code: "too-many-requests" });
  accepted = RIGHT;
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "verified", code: null });
});
