import { expect, test } from "vitest";
import { diagnose } from "../../support/doctor.ts";
import { getFor } from "../../support/helper.ts";
import { GOOGLE_HOST, type Google, serviceAccountFile } from "../../support/identity/google.ts";
import { GOOGLE_SOURCES } from "../../support/identity/google-sources.ts";
import { GOOGLE_KEYLESS, setUpGoogle } from "../../support/identity/setup.ts";
import { logIn, secrets } from "../../support/temp-home.ts";

const ADC = "GOOGLE_APPLICATION_CREDENTIALS";
const OAUTH = "POST oauth2.googleapis.com/token";

function linesOf({ exchanges }: Google): string[] {
  return exchanges.map(({ method, host, path }) => `${method} ${host}${path}`);
}

test.each(Object.entries(GOOGLE_SOURCES))(
  "an entry without secrets logs in with %s",
  async (_, { prepare, requests }) => {
    const setup = await setUpGoogle();
    const env = await prepare(setup);
    const { google, metadata, at } = setup;
    const { registries } = await logIn(at(0, env), GOOGLE_KEYLESS);
    expect(registries).toMatchObject([{ outcome: "verified", host: GOOGLE_HOST }]);
    expect(registries[0]?.detail).toContain("the machine's own Google identity");
    expect(linesOf(google).map((line) => line.replace(metadata.host, "metadata"))).toEqual(requests);
    const answer = await getFor(at(1, env), GOOGLE_HOST);
    expect([answer.user, answer.secret]).toEqual(["oauth2accesstoken", google.tokens.at(-1)]);
  },
);

test("without the option nothing of Google's is asked, whatever the machine has", async () => {
  const { google, metadata, at, file } = await setUpGoogle();
  const env = {
    [ADC]: file("key.json", serviceAccountFile()),
    METADATA_SERVER_DETECTION: "",
    GCE_METADATA_HOST: metadata.host,
  };
  await logIn(at(0, { ...env, ...secrets("G", GOOGLE_HOST, "oauth2accesstoken", "own-token") }), { verify: "false" });
  await logIn(at(0, { ...env, G_CONTAINER_REGISTRY_SERVER: GOOGLE_HOST }), { verify: "false" });
  expect([google.exchanges, metadata.requests]).toEqual([[], []]);
});

test("the option exchanges a key in the secrets, and the key itself reaches no registry", async () => {
  const { google, at } = await setUpGoogle();
  const key = serviceAccountFile();
  const env = secrets("G", GOOGLE_HOST, "_json_key_base64", Buffer.from(key).toString("base64"));
  const { registries } = await logIn(at(0, env), { googleTokens: "true" });
  expect(registries).toMatchObject([{ outcome: "verified" }]);
  expect(linesOf(google)).toEqual([OAUTH]);
  // The secrets are not in the environment of the client.
  expect((await getFor(at(35), GOOGLE_HOST)).secret).toBe(google.tokens[1]);
});

test("the doctor shows each place where it searched, and which one it uses", async () => {
  const { metadata, at } = await setUpGoogle();
  const env = { METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host };
  const { text, notes, wrong } = await diagnose({ context: at(0, env), options: GOOGLE_KEYLESS });
  expect(notes.filter((code) => code === "identity-source")).toHaveLength(2);
  expect(wrong).not.toContain("google-no-identity");
  expect(text).toMatch(/GOOGLE_APPLICATION_CREDENTIALS: it is not set/);
  expect(text).toMatch(/gcloud: \S+application_default_credentials\.json: there is no such file/);
  expect(text).toMatch(/uses the identity of this source: metadata server/);
});
