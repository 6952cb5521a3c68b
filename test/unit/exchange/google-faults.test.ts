import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { diagnose } from "../../support/doctor.ts";
import {
  externalAccountFile,
  GOOGLE_HOST,
  IMPERSONATION,
  POOL,
  serviceAccountFile,
  TARGET_ACCOUNT,
  USER,
} from "../../support/identity/google.ts";
import { reply, startLocalService } from "../../support/identity/requests.ts";
import { GOOGLE_KEYLESS, type GoogleSetup, setUpGoogle } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";

const ADC = "GOOGLE_APPLICATION_CREDENTIALS";
const ON_MACHINE = { METADATA_SERVER_DETECTION: "" };

interface Fault {
  readonly name: string;
  readonly prepare: (setup: GoogleSetup) => Promise<Record<string, string>> | Record<string, string>;
  readonly outcome: "refused" | "unreachable" | "failed";
  readonly code: string;
  /** What the report says. */
  readonly says: RegExp;
  /** How many requests Google may have got. */
  readonly requests?: number;
}

/** A file with this text is the one that the variable names. */
const inFile = (text: string) => (setup: GoogleSetup) => ({ [ADC]: setup.file("credentials.json", text) });
/** A file that leads to a token of the other provider, with changes to both. */
const federated =
  (changes: Record<string, unknown> = {}, claims: Parameters<GoogleSetup["google"]["idToken"]>[0] = {}) =>
  async ({ file, google }: GoogleSetup) => ({
    [ADC]: file(
      "credentials.json",
      externalAccountFile({ file: file("token", await google.idToken(claims)) }, changes),
    ),
  });
/** The metadata server answers so. */
const machine =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (setup: GoogleSetup) => {
    setup.google.fault = () => reply(status, body, headers);
    return { ...ON_MACHINE, GCE_METADATA_HOST: setup.metadata.host };
  };
const program = (script: string) => (setup: GoogleSetup) => {
  const file = setup.file("program", `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const text = externalAccountFile({ executable: { command: file } });
  return { [ADC]: setup.file("credentials.json", text), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" };
};

const FAULTS: readonly Fault[] = [
  {
    name: "no identity anywhere",
    prepare: () => ({}),
    outcome: "failed",
    code: "google-no-identity",
    says: /GOOGLE_APPLICATION_CREDENTIALS: it is not set; gcloud: .+there is no such file; metadata server: METADATA_SERVER_DETECTION turns it off/,
  },
  {
    name: "a metadata server that does not answer",
    prepare: async () => {
      const { host } = await startLocalService(() => null);
      return { ...ON_MACHINE, GCE_METADATA_HOST: host };
    },
    outcome: "failed",
    code: "google-no-identity",
    says: /metadata server: no answer within 3 s/,
  },
  {
    name: "nothing at the address of the metadata server",
    prepare: () => ({ ...ON_MACHINE, GCE_METADATA_HOST: "127.0.0.1:9" }),
    outcome: "failed",
    code: "google-no-identity",
    says: /metadata server: it cannot be reached \(ECONNREFUSED\)/,
  },
  {
    name: "a proxy that answers as the metadata server",
    prepare: async () => {
      const page = reply(200, "<html>Log in</html>", { "content-type": "text/html" });
      return { ...ON_MACHINE, GCE_METADATA_HOST: (await startLocalService(() => page)).host };
    },
    outcome: "failed",
    code: "google-no-identity",
    says: /metadata server: what answers is not Google's metadata service/,
  },
  {
    name: "an address of the metadata server that is not one",
    prepare: () => ({ ...ON_MACHINE, GCE_METADATA_HOST: "not an address" }),
    outcome: "failed",
    code: "google-no-identity",
    says: /metadata server: GCE_METADATA_HOST is not a valid address/,
  },
  {
    name: "a machine without a service account",
    prepare: machine(404, "Not Found"),
    outcome: "failed",
    code: "google-machine-without-account",
    says: /no service account/,
    requests: 1,
  },
  {
    name: "a pod whose account may not act as the service account",
    prepare: machine(
      403,
      "Unable to generate access token; IAM returned 403 Forbidden: Permission 'iam.serviceAccounts.getAccessToken' denied",
    ),
    outcome: "refused",
    code: "google-workload-identity-denied",
    says: /Kubernetes service account.+roles\/iam.workloadIdentityUser/,
    requests: 1,
  },
  {
    name: "a metadata server that stays busy",
    prepare: machine(503, "busy"),
    outcome: "unreachable",
    code: "identity-busy",
    says: /status 503/,
    requests: 3,
  },
  {
    name: "a file that does not exist",
    prepare: () => ({ [ADC]: "/nonexistent/key.json" }),
    outcome: "failed",
    code: "google-file-unreadable",
    says: /\/nonexistent\/key.json, but there is no such file/,
  },
  {
    name: "a folder instead of a file",
    prepare: ({ home }) => ({ [ADC]: home.folder }),
    outcome: "failed",
    code: "google-file-unreadable",
    says: /not a regular file/,
  },
  { name: "no JSON", prepare: inFile("key"), outcome: "failed", code: "google-file-form", says: /not a JSON file/ },
  {
    name: "a type that no registry accepts",
    prepare: inFile(JSON.stringify({ type: "gdch_service_account" })),
    outcome: "failed",
    code: "google-file-type",
    says: /gdch_service_account/,
  },
  {
    name: "a key file without its key",
    prepare: inFile(serviceAccountFile({ private_key: undefined })),
    outcome: "failed",
    code: "google-file-incomplete",
    says: /no private_key/,
  },
  {
    name: "a key that was cut",
    prepare: inFile(serviceAccountFile({ private_key: "-----BEGIN PRIVATE KEY-----\nMIIE" })),
    outcome: "failed",
    code: "google-key-invalid",
    says: /private_key/,
  },
  {
    name: "credentials of another universe",
    prepare: inFile(serviceAccountFile({ universe_domain: "s3nsapis.fr" })),
    outcome: "failed",
    code: "google-universe",
    says: /is for s3nsapis.fr/,
  },
  {
    name: "a deleted key",
    prepare: inFile(serviceAccountFile({ private_key_id: "deleted" })),
    outcome: "refused",
    code: "google-key-refused",
    says: /puller@project.+invalid_grant/,
    requests: 1,
  },
  {
    name: "a clock that is two hours fast",
    prepare: (setup) => {
      setup.google.now = () => Date.now() - 2 * 3_600_000;
      return inFile(serviceAccountFile())(setup);
    },
    outcome: "failed",
    code: "identity-clock",
    says: /120 minutes fast/,
    requests: 1,
  },
  {
    name: "a login of gcloud that a policy has ended",
    prepare: inFile(JSON.stringify({ type: "authorized_user", ...USER, refresh_token: "old" })),
    outcome: "refused",
    code: "google-login-expired",
    says: /gcloud auth application-default login/,
    requests: 1,
  },
  {
    name: "a token service at somebody else's address",
    prepare: federated({ token_url: "https://sts.googleapis.com.evil.example/v1/token" }),
    outcome: "failed",
    code: "google-address-foreign",
    says: /sts.googleapis.com.evil.example as its token_url/,
  },
  {
    name: "a token service without TLS",
    prepare: federated({ token_url: "http://sts.googleapis.com/v1/token" }),
    outcome: "failed",
    code: "google-address-foreign",
    says: /nothing was sent/,
  },
  {
    name: "an impersonation at somebody else's address",
    prepare: federated({ service_account_impersonation_url: IMPERSONATION.replace("googleapis.com", "evil.example") }),
    outcome: "failed",
    code: "google-address-foreign",
    says: /iamcredentials.evil.example/,
  },
  {
    name: "a signature of AWS for somebody else's address",
    prepare: ({ file }) => ({
      [ADC]: file(
        "credentials.json",
        externalAccountFile({
          environment_id: "aws1",
          regional_cred_verification_url: "https://sts.evil.example?Action=GetCallerIdentity",
        }),
      ),
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }),
    outcome: "failed",
    code: "google-address-foreign",
    says: /regional_cred_verification_url/,
  },
  {
    name: "an expired token of the other provider",
    prepare: federated({}, { lifeSeconds: -60 }),
    outcome: "refused",
    code: "google-subject-expired",
    says: /expired/,
    requests: 1,
  },
  {
    name: "a token for another audience",
    prepare: federated({}, { audience: "https://other.example" }),
    outcome: "refused",
    code: "google-audience",
    says: /different audience/,
    requests: 1,
  },
  {
    name: "a provider that does not exist",
    prepare: federated({ audience: POOL.replace("provider", "other") }),
    outcome: "refused",
    code: "google-subject-refused",
    says: /invalid_target/,
    requests: 1,
  },
  {
    name: "a job that the attribute condition excludes",
    prepare: async (setup) => {
      setup.google.fault = () =>
        reply(400, {
          error: "unauthorized_client",
          error_description: "The given credential is rejected by the attribute condition.",
        });
      return await federated()(setup);
    },
    outcome: "refused",
    code: "google-condition",
    says: /attribute condition/,
    requests: 1,
  },
  {
    name: "a file of the other provider's token that does not exist",
    prepare: inFile(externalAccountFile({ file: "/nonexistent/token" })),
    outcome: "failed",
    code: "google-subject-missing",
    says: /\/nonexistent\/token, but there is no such file/,
  },
  {
    name: "an answer without the field of the token",
    prepare: ({ file }) => {
      const format = { type: "json", subject_token_field_name: "value" };
      return { [ADC]: file("credentials.json", externalAccountFile({ file: file("token", "{}"), format })) };
    },
    outcome: "failed",
    code: "google-subject-missing",
    says: /no field value/,
  },
  {
    name: "a token of a job that has ended",
    prepare: async ({ file }) => {
      const { host } = await startLocalService(() => reply(401, {}));
      return { [ADC]: file("credentials.json", externalAccountFile({ url: `http://${host}/token` })) };
    },
    outcome: "failed",
    code: "google-subject-missing",
    says: /it answered 401/,
  },
  {
    name: "a source without TLS on the internet",
    prepare: inFile(externalAccountFile({ url: "http://93.184.216.34/token" })),
    outcome: "failed",
    code: "google-subject-missing",
    says: /93.184.216.34/,
  },
  {
    name: "a source that is not supported",
    prepare: inFile(externalAccountFile({ certificate: {} })),
    outcome: "failed",
    code: "google-source-unsupported",
    says: /credential_source/,
  },
  {
    name: "a program that nobody allowed",
    prepare: inFile(externalAccountFile({ executable: { command: "/bin/true" } })),
    outcome: "failed",
    code: "google-executable-forbidden",
    says: /GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES/,
  },
  {
    name: "a program that fails",
    prepare: program("exit 3"),
    outcome: "failed",
    code: "google-executable-failed",
    says: /exit code 3/,
  },
  {
    name: "a program that answers with an error",
    prepare: program(`echo '{"version": 1, "success": false, "code": "401", "message": "no"}'`),
    outcome: "failed",
    code: "google-executable-failed",
    says: /its answer is an error/,
  },
  {
    name: "no right to act as the service account",
    prepare: federated({ service_account_impersonation_url: IMPERSONATION.replace("target@", "other@") }),
    outcome: "refused",
    code: "google-impersonation-denied",
    says: /other@project.+roles\/iam.workloadIdentityUser/,
    requests: 2,
  },
  {
    name: "the API of impersonation is off",
    prepare: async (setup) => {
      setup.google.fault = ({ host }) =>
        host === "iamcredentials.googleapis.com"
          ? reply(403, { error: { status: "PERMISSION_DENIED", details: [{ reason: "SERVICE_DISABLED" }] } })
          : null;
      return await federated({ service_account_impersonation_url: IMPERSONATION })(setup);
    },
    outcome: "refused",
    code: "google-iam-api-disabled",
    says: new RegExp(TARGET_ACCOUNT),
    requests: 2,
  },
  {
    name: "a web page instead of Google",
    prepare: (setup) => {
      setup.google.fault = () => reply(200, "<html>", { "content-type": "text/html" });
      return inFile(serviceAccountFile())(setup);
    },
    outcome: "unreachable",
    code: "identity-no-route",
    says: /a web page answered 200/,
    requests: 1,
  },
  {
    name: "a certificate that is not trusted",
    prepare: (setup) => ({ ...inFile(serviceAccountFile())(setup), SSL_CERT_FILE: "/nonexistent/ca.pem" }),
    outcome: "unreachable",
    code: "certificate-authority",
    says: /oauth2.googleapis.com/,
  },
  {
    name: "an answer without a token",
    prepare: (setup) => {
      setup.google.fault = () => reply(200, {});
      return inFile(serviceAccountFile())(setup);
    },
    outcome: "failed",
    code: "identity-no-token",
    says: /without a token/,
    requests: 1,
  },
];

test.each(FAULTS)("$name", async ({ prepare, outcome, code, says, requests = 0 }) => {
  const setup = await setUpGoogle();
  const context = setup.at(0);
  const env = { ...context.env, ...(await prepare(setup)) };
  const { registries } = await logIn({ ...setup.home.context(env), now: context.now }, GOOGLE_KEYLESS);
  expect(registries).toMatchObject([{ host: GOOGLE_HOST, outcome, code }]);
  expect(`${registries[0]?.detail}; ${registries[0]?.hint}`).toMatch(says);
  expect(setup.google.exchanges).toHaveLength(requests);
});

test("the scopes of a machine that do not cover registries are named before a pull fails", async () => {
  const { google, metadata, at } = await setUpGoogle();
  const answer = google.metadata;
  google.metadata = (request) =>
    request.path.endsWith("/scopes")
      ? reply(200, "https://www.googleapis.com/auth/logging.write\n", { "metadata-flavor": "Google" })
      : answer(request);
  const env = { ...ON_MACHINE, GCE_METADATA_HOST: metadata.host };
  const { wrong } = await diagnose({ context: at(0, env), options: GOOGLE_KEYLESS });
  expect(wrong).toContain("google-machine-scopes");
});
