import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { login } from "../../../src/commands/login/login.ts";
import { plan } from "../../../src/commands/plan/plan.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { askImage } from "../../../src/handshake/image.ts";
import { verify } from "../../../src/handshake/verify.ts";
import { createSend } from "../../../src/network/http.ts";
import { parseImage } from "../../../src/registries/image.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { runLine } from "../../support/command-line.ts";
import { authOf } from "../../support/encoding.ts";
import { leaks, revealed } from "../../support/leaks.ts";
import { answer, type Handler, startServer } from "../../support/misbehaving-server.ts";
import { printed } from "../../support/printed.ts";
import { CORE, holds, hostLike, secret, text } from "../../support/properties.ts";
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
        const flags = { options: { verify: "false" }, json, onlyChanged: false };
        const said: string[] = [];
        for (const result of [plan(context, {}, json), login(context, flags)]) {
          const { stdout, stderr } = await printed(context, result);
          said.push(stdout, stderr);
        }
        expect(said.join("")).toContain("quay.io");
        expect(leaks(said.join(""), user(password).trim(), password)).toEqual([]);
      },
    ),
    100,
  );
});

/** How a secret gets into a text: as it is, or as what people copy from a config file, an address or a script. */
const writing = fc.constantFrom(
  (planted: string) => planted,
  (planted: string) => ` ${planted}\n`,
  (planted: string) => planted.toUpperCase(),
  (planted: string) => authOf("jane", planted),
  (planted: string) => authOf("ab", planted).replace(/=+$/, ""),
  (planted: string) => Buffer.from(planted).toString("base64url"),
  (planted: string) => Buffer.from(planted).toString("hex"),
  (planted: string) => encodeURIComponent(planted),
  (planted: string) => JSON.stringify({ password: planted }),
  (planted: string) => `https://jane:${planted}@quay.io/x`,
  (planted: string) => `${planted}.example.com`,
  (planted: string) => `quay.io/${planted}`,
);

/** Where a person, or a tool, could put a secret by mistake. */
interface Inputs {
  readonly env: Record<string, string>;
  readonly options: string;
  readonly config: string;
  readonly codespaces: string;
  readonly operand: string;
  readonly flags: readonly string[];
}

const CLEAN: Inputs = {
  env: secrets("B", "localhost:1", "alice", "an-innocent-password"),
  options: "",
  config: "{}",
  codespaces: "",
  operand: "localhost:1",
  flags: [],
};

const variable = (name: string) => (text: string, inputs: Inputs) => ({
  ...inputs,
  env: { ...inputs.env, [name]: text },
});

const INPUT: readonly ((text: string, inputs: Inputs) => Inputs)[] = [
  ...["SERVER", "USER", "PASSWORD", "SESSION_TOKEN", "TOKEN", "PASWORD", "SERVR"].flatMap((part) => [
    variable(`A_CONTAINER_REGISTRY_${part}`),
    variable(`B_CONTAINER_REGISTRY_${part}`),
    variable(`MY-CO_CONTAINER_REGISTRY_${part}`),
  ]),
  ...["GITHUB_TOKEN", "GITHUB_USER", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "DOCKER_AUTH_CONFIG"].map(variable),
  (text, inputs) => ({ ...inputs, options: `registries=A=${text.replace(/\s/g, "")}\n` }),
  (text, inputs) => ({ ...inputs, options: `identifiers=${text.replace(/\s/g, "")}\n` }),
  (text, inputs) => ({ ...inputs, options: `storage=${text.trim()}\n` }),
  (text, inputs) => ({ ...inputs, config: JSON.stringify({ credHelpers: { [text]: text }, credsStore: text }) }),
  (text, inputs) => ({ ...inputs, config: `{"auths": ${text}` }),
  (text, inputs) => ({
    ...inputs,
    codespaces: Object.entries(secrets("C", text, "bob", text))
      .map(([name, value]) => `${name}=${Buffer.from(value).toString("base64")}\n`)
      .join(""),
  }),
  (text, inputs) => ({ ...inputs, operand: text }),
  (text, inputs) => ({ ...inputs, flags: [`--timeout=${text}`] }),
  (text, inputs) => ({ ...inputs, flags: ["--identifiers", text] }),
  (text, inputs) => ({ ...inputs, flags: [`--${text}`] }),
];

test("no output of any command reveals a secret that is anywhere else by mistake", async () => {
  const home = makeHome();
  await holds(
    fc.asyncProperty(
      // A word, so that no piece of it may be seen either; the test above has secrets of any characters.
      fc.stringMatching(/^[A-Za-z0-9]{5,40}$/).map((rest) => `${CORE}${rest}`),
      fc.array(fc.tuple(writing, fc.nat({ max: INPUT.length - 1 })), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (password, places, json) => {
        const start = variable("A_CONTAINER_REGISTRY_PASSWORD")(password, CLEAN);
        const inputs = places.reduce((all, [write, nth]) => INPUT[nth]?.(write(password), all) ?? all, start);
        // The other inputs may be other forms of it, but somewhere it has to be known.
        const env = { ...inputs.env, NPM_TOKEN: password, HTTPS_PROXY: "http://localhost:1" };
        writeFileSync(home.optionsFile, inputs.options);
        home.writeConfig(inputs.config);
        writeFileSync(join(home.folder, "env-secrets"), inputs.codespaces);
        const said: string[] = [];
        const run = async (...args: string[]): Promise<void> => {
          said.push(JSON.stringify(await runLine(home, [...args, ...(json ? ["--json"] : [])], env)));
        };
        const flags = ["--no-verify", ...inputs.flags];
        await run("plan", ...flags);
        await run("login", ...flags);
        await run("status");
        await run("doctor", inputs.operand, ...inputs.flags);
        await run("logout", inputs.operand);
        const output = ["--output", join(home.folder, "exported"), "--force"];
        said.push(JSON.stringify(await runLine(home, ["export", "podman", inputs.operand, ...output], env)));
        said.push(JSON.stringify(await runLine(home, ["export", inputs.operand, "--all", ...output], env)));
        await run("help", inputs.operand);
        await run(inputs.operand);
        said.push(JSON.stringify(await runLine(home, ["__complete", "logout", ""], env)));
        for (const verb of ["list", "erase", "version", inputs.operand]) {
          const context = home.context(env);
          const { stdout, stderr } = await printed(
            context,
            credentialHelper(context, [verb], async () => inputs.operand),
          );
          said.push(stdout, stderr);
        }
        expect(said.flatMap((text) => revealed(text, CORE).map((form) => [form, text]))).toEqual([]);
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
