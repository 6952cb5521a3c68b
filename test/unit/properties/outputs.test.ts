import fc from "fast-check";
import { expect, test } from "vitest";
import { login } from "../../../src/commands/login/login.ts";
import { plan } from "../../../src/commands/plan/plan.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { askImage } from "../../../src/handshake/image.ts";
import { verify } from "../../../src/handshake/verify.ts";
import { createSend } from "../../../src/network/http.ts";
import { parseImage } from "../../../src/registries/image.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { authOf } from "../../support/encoding.ts";
import { leaks } from "../../support/leaks.ts";
import { answer, type Handler, startServer } from "../../support/misbehaving-server.ts";
import { holds, hostLike, secret, text } from "../../support/properties.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";

/** Where people put a secret by mistake. */
const place = (around: fc.Arbitrary<string>) =>
  fc
    .constantFrom(
      (_: string, other: string) => other,
      (planted: string) => planted,
      (planted: string, other: string) => `https://bob:${planted}@${other}`,
      (planted: string, other: string) => `${other}/${planted}`,
      (planted: string, other: string) => `${planted}.${other}`,
      (planted: string) => authOf("bob", planted),
    )
    .chain((write) => around.map((other) => (planted: string) => write(planted, other)));

test("no command prints a password, wherever it was put", async () => {
  const home = makeHome();
  const hosts = fc.oneof(hostLike, fc.constantFrom("a.azurecr.io", "localhost:5000"));
  await holds(
    fc.asyncProperty(
      secret,
      place(hosts),
      place(fc.oneof(text, fc.constant("bob"))),
      fc.boolean(),
      async (password, server, user, json) => {
        const env = {
          ...secrets("A", server(password), user(password), password),
          ...secrets("B", "quay.io", "alice", "an-innocent-password"),
        };
        const context = home.context(env);
        const said = [plan(context, {}, json).stdout];
        const flags = { options: { verify: "false" }, json, onlyChanged: false };
        const { stdout, stderr = "" } = await login(context, flags);
        said.push(stdout, stderr);
        expect(said.join("")).toContain("quay.io");
        expect(leaks(said.join(""), user(password).trim(), password)).toEqual([]);
      },
    ),
    100,
  );
});

const PLAIN_REPLY = { status: 200, scheme: "", words: "", location: "", type: "", body: "", echo: false };

/** What HTTP lets stand in a header. */
const headerText = fc.oneof(fc.string(), fc.stringMatching(/^[\x20-\x7e\xa0-\xff]*$/));

test("any answer of a registry leads to a verdict that repeats nothing of it", async () => {
  const home = makeHome();
  let handle: Handler = () => undefined;
  const { host } = await startServer((...args) => handle(...args));
  const { send, close } = createSend({ HOME: home.folder });
  const reply = fc.record({
    // Others are asked again after a while.
    status: fc.constantFrom(200, 201, 204, 301, 302, 307, 400, 401, 401, 401, 403, 404, 407, 418, 431, 499),
    scheme: fc.constantFrom("Basic", "Bearer", "Digest", "__proto__", ""),
    words: headerText,
    location: fc.oneof(
      headerText,
      fc.constantFrom("/v2/", "//", "http://[", "https://planted.example/v2/", "/v2/token"),
    ),
    type: fc.constantFrom("text/html", "application/json", "", "__proto__"),
    body: fc.oneof(
      fc.json(),
      text,
      fc.constantFrom('{"token":"t"}', '{"token":"a\\nb"}', '{"__proto__":{"polluted":1}}', "[]", "null"),
    ),
    echo: fc.boolean(),
  });
  await holds(
    fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 3 }), secret, async (replies, password) => {
      let nth = 0;
      handle = (response, _, request) => {
        const { status, scheme, words, location, type, body, echo } = replies[nth++ % replies.length] ?? PLAIN_REPLY;
        const back = echo ? `${request.headers.authorization ?? ""} ${encodeURIComponent(password)}` : "";
        // A look-up of a name that does not exist would be slow.
        const realm = location.startsWith("/") ? `http://${host}${location}` : location.replace(/^https:/, "ftp:");
        answer(
          response,
          status,
          {
            "www-authenticate": `${scheme} realm="${realm.replace(/["\\]/g, "")}",x="${words}" ${back}`,
            location: location + back,
            "content-type": type,
          },
          body + back,
        );
      };
      const credential = { username: "bob", secret: password, expiresAt: null };
      const verdict = await verify(parseRegistry(`http://${host}`), credential, send, 10_000);
      expect(["verified", "refused", "unreachable", "failed"]).toContain(verdict.outcome);
      const image = await askImage(parseImage(`${host}/acme/app:1`), credential, true, send, 10_000);
      const told = "outcome" in image ? image.detail + image.hint : "";
      expect(leaks(verdict.detail + verdict.hint + told, "bob", password)).toEqual([]);
    }),
    100,
  );
  close();
});

test("every error is one that a person can fix", async () => {
  const home = makeHome();
  await holds(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom("storage", "timeout", "registries", "identifiers"), text),
      async (options) => {
        try {
          plan(home.context(), options, true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      },
    ),
    100,
  );
});
