import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { base64 } from "../../support/encoding.ts";
import { expectHelperFailure, getFor } from "../../support/helper.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { GOOGLE, startNamedRegistries } from "../../support/named-registries.ts";
import { type LoginAnswer, logIn, makeHome, secrets } from "../../support/temp-home.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

const HOST = GOOGLE.host;

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 1024,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
/** A key file as Google hands it out: many lines, and line breaks in the private key. */
const KEY = `${JSON.stringify(
  {
    type: "service_account",
    project_id: "acme",
    private_key_id: "0123456789abcdef",
    private_key: privateKey,
    client_email: "pull@acme.iam.gserviceaccount.com",
  },
  null,
  2,
)}\n`;
const wrapped = (text: string): string => base64(text).replace(/.{76}/g, "$&\n");
const FEDERATION = JSON.stringify({
  type: "external_account",
  audience: "//iam.googleapis.com/projects/1/x",
  credential_source: { file: "/foo/bar" },
});

function logInAs(home: ReturnType<typeof makeHome>, user: string, password: string): Promise<LoginAnswer> {
  return logIn(home.context(secrets("GOOGLE", HOST, user, password)), { verify: "false" });
}

test.each([
  ["_json_key", "not a key", /is not JSON/, /from \{ to \}/],
  ["_json_key", KEY.slice(0, -10), /is not JSON/, /whole/],
  ["_json_key", base64(KEY), /in base64/, /_json_key_base64/],
  ["_json_key", '{"type":"service_account"}', /without a private_key/, /whole/],
  ["_json_key", '{"private_key":""}', /without a private_key/, /whole/],
  ["_json_key", '"text"', /not JSON|without a private_key/, /whole/],
  ["_json_key", "null", /not JSON|without a private_key/, /whole/],
  ["_json_key", FEDERATION, /workload identity federation/, /./],
  ["_json_key_base64", KEY, /in plain JSON/, /_json_key$/],
  ["_json_key_base64", base64("not a key"), /is not a JSON key in base64/, /base64 -w0/],
  ["_json_key_base64", base64(FEDERATION), /is not a JSON key in base64|federation/, /./],
])("%s with %j: the mistake is reported, and the password is not", async (user, password, detail, hint) => {
  const home = makeHome();
  const { registries } = await logInAs(home, user, password);
  expect(registries).toMatchObject([
    { outcome: "failed", detail: expect.stringMatching(detail), hint: expect.stringMatching(hint) },
  ]);
  expect(leakedPieces(`${registries[0]?.detail} ${registries[0]?.hint}`, password)).toEqual([]);
  await expectHelperFailure(home.context(), HOST, detail);
});

test.each([
  ["_json_key", "of many lines", KEY],
  ["_json_key", "with CRLF", KEY.replaceAll("\n", "\r\n")],
  ["_json_key", "of one line", JSON.stringify(JSON.parse(KEY))],
  ["_json_key_base64", "in base64", base64(KEY)],
  ["_json_key_base64", "in base64 of many lines", wrapped(KEY)],
  ["oauth2accesstoken", "that is an access token", "ya29.c.b0Aaek-token"],
  ["_token", "that is an access token", "ya29.c.b0Aaek-token"],
])("%s with a password %s is sent byte for byte", async (user, _, password) => {
  const home = makeHome();
  const { registries } = await logInAs(home, user, password);
  expect(registries).toMatchObject([{ kind: "google", outcome: "unreachable" }]);
  // Only the last line break goes, which files and `echo` add.
  expect(await getFor(home.context(), HOST)).toMatchObject({ user, secret: password.replace(/\r?\n$/, "") });
});

test("Google's token service gets the key unchanged", async () => {
  const { context } = makeHome();
  const { env } = await startNamedRegistries([{ ...GOOGLE, accepts: { user: "_json_key", password: KEY.trimEnd() } }]);
  const { registries } = await logIn(context({ ...env, ...secrets("GOOGLE", HOST, "_json_key", KEY) }));
  expect(registries).toMatchObject([{ outcome: "verified" }]);
});

interface Row {
  readonly input: string | object;
  readonly ours?: Ours & { readonly detail?: string; readonly skipped?: string };
}

const table = readVectors<{ readonly cases: readonly Row[]; readonly typeCases: readonly Row[] }>("gcp-credentials");

test.each([...table.cases, ...table.typeCases])("the credential $input", async ({ input, ours }) => {
  const text = typeof input === "string" ? input : JSON.stringify(input);
  const user = /^[\w=]+$/.test(text) ? "_json_key_base64" : "_json_key";
  const { registries, skipped } = await logInAs(makeHome(), user, text);
  if (ours?.skipped === undefined) expect(registries).toMatchObject([{ outcome: "failed", detail: ours?.detail }]);
  else expect(skipped).toMatchObject([{ identifier: ours.skipped, missing: ["PASSWORD"] }]);
});
