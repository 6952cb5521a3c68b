import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_TOKEN, externalAccountFile, IMPERSONATION, serviceAccountFile, USER } from "./google.ts";
import { type LocalService, reply, startLocalService } from "./requests.ts";
import type { GoogleSetup } from "./setup.ts";

const ADC = "GOOGLE_APPLICATION_CREDENTIALS";
const OAUTH = "POST oauth2.googleapis.com/token";
const STS = "POST sts.googleapis.com/v1/token";
const IAM = `POST iamcredentials.googleapis.com${new URL(IMPERSONATION).pathname}`;
const AWS_KEY = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

/** A source of an identity of Google's. */
export interface GoogleSource {
  /** Sets the source up. @returns the variables that lead to it */
  readonly prepare: (setup: GoogleSetup) => Promise<Record<string, string>> | Record<string, string>;
  /** The requests that lead to the token. */
  readonly requests: readonly string[];
}

export const GOOGLE_SOURCES: Readonly<Record<string, GoogleSource>> = {
  "the key of a service account": {
    prepare: ({ file }) => ({ [ADC]: file("key.json", serviceAccountFile()) }),
    requests: [OAUTH],
  },
  "the variable in lower case": {
    prepare: ({ file }) => ({ [ADC.toLowerCase()]: file("key.json", serviceAccountFile()) }),
    requests: [OAUTH],
  },
  "a key whose file names somebody else's token service, which gets nothing": {
    prepare: ({ file }) => ({
      [ADC]: file("key.json", serviceAccountFile({ token_uri: "https://evil.example/token" })),
    }),
    requests: [OAUTH],
  },
  "a person's login with gcloud": {
    prepare: ({ home }) => {
      const folder = join(home.folder, ".config", "gcloud");
      mkdirSync(folder, { recursive: true });
      const file = JSON.stringify({ type: "authorized_user", ...USER });
      writeFileSync(join(folder, "application_default_credentials.json"), file);
      return {};
    },
    requests: [OAUTH],
  },
  "a person's login in another folder of gcloud": {
    prepare: ({ home, file }) => {
      file("application_default_credentials.json", JSON.stringify({ type: "authorized_user", ...USER }));
      return { CLOUDSDK_CONFIG: home.folder };
    },
    requests: [OAUTH],
  },
  "the federated login of a person": {
    prepare: ({ file }) => ({
      [ADC]: file("user.json", JSON.stringify({ type: "external_account_authorized_user", audience: "a", ...USER })),
    }),
    requests: ["POST sts.googleapis.com/v1/oauthtoken"],
  },
  "a token in a file": {
    prepare: async ({ file, google }) => ({
      [ADC]: file("cred.json", externalAccountFile({ file: file("token", `${await google.idToken()}\n`) })),
    }),
    requests: [STS],
  },
  "a token in a JSON file, for a service account": {
    prepare: async ({ file, google }) => {
      const token = file("token", JSON.stringify({ jwt: await google.idToken() }));
      const source = { file: token, format: { type: "json", subject_token_field_name: "jwt" } };
      return {
        [ADC]: file("cred.json", externalAccountFile(source, { service_account_impersonation_url: IMPERSONATION })),
      };
    },
    requests: [STS, IAM],
  },
  "a token at an address, as in a job of GitHub Actions": {
    prepare: async ({ file, google }) => {
      const { host } = await startLocalService(async ({ headers }) =>
        headers.authorization === "Bearer request" ? reply(200, { value: await google.idToken() }) : reply(401, {}),
      );
      const source = {
        url: `http://${host}/token?audience=x`,
        headers: { Authorization: "Bearer request" },
        format: { type: "json", subject_token_field_name: "value" },
      };
      return { [ADC]: file("cred.json", externalAccountFile(source)) };
    },
    requests: [STS],
  },
  "a program that the person allows": {
    prepare: async ({ file, google }) => {
      const answer = {
        version: 1,
        success: true,
        token_type: "urn:ietf:params:oauth:token-type:id_token",
        id_token: await google.idToken(),
      };
      const program = file(
        "token-program",
        `#!/bin/sh\n[ "$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE $1" = "0 a b" ] && echo '${JSON.stringify(answer)}'\n`,
      );
      chmodSync(program, 0o755);
      const source = { executable: { command: `${program} "a b"`, timeout_millis: 5000 } };
      return { [ADC]: file("cred.json", externalAccountFile(source)), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" };
    },
    requests: [STS],
  },
  "keys of AWS in the environment": {
    prepare: ({ file, google }) => {
      google.awsKeys = [AWS_KEY];
      return {
        [ADC]: file(
          "cred.json",
          externalAccountFile(awsSource("http://127.0.0.1:9"), { subject_token_type: AWS_TOKEN }),
        ),
        AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId,
        AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey,
        AWS_REGION: "eu-west-1",
      };
    },
    requests: [STS],
  },
  "the role of a machine of AWS": {
    prepare: async ({ file, google }) => {
      google.awsKeys = [AWS_KEY];
      const { host } = await startAwsMetadata();
      return {
        [ADC]: file("cred.json", externalAccountFile(awsSource(`http://${host}`), { subject_token_type: AWS_TOKEN })),
      };
    },
    requests: [STS],
  },
  "a person who acts as a service account": {
    prepare: ({ file }) => ({
      [ADC]: file(
        "impersonated.json",
        JSON.stringify({
          type: "impersonated_service_account",
          source_credentials: { type: "authorized_user", ...USER },
          service_account_impersonation_url: IMPERSONATION,
          delegates: [],
        }),
      ),
    }),
    requests: [OAUTH, IAM],
  },
  "the metadata server of the machine": {
    prepare: ({ metadata }) => ({ METADATA_SERVER_DETECTION: "", GCE_METADATA_HOST: metadata.host }),
    requests: ["GET metadata/computeMetadata/v1/instance/service-accounts/default/token"],
  },
};

function awsSource(base: string): object {
  return {
    environment_id: "aws1",
    region_url: `${base}/latest/meta-data/placement/availability-zone`,
    url: `${base}/latest/meta-data/iam/security-credentials`,
    imdsv2_session_token_url: `${base}/latest/api/token`,
    regional_cred_verification_url: "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
  };
}

/** AWS's metadata service, which requires a session. */
async function startAwsMetadata(): Promise<LocalService> {
  return await startLocalService(({ method, path, headers }) => {
    if (method === "PUT" && path === "/latest/api/token") return reply(200, "the-session");
    if (headers["x-aws-ec2-metadata-token"] !== "the-session") return reply(401, "");
    if (path.endsWith("/availability-zone")) return reply(200, "eu-west-1b");
    if (path.endsWith("/security-credentials")) return reply(200, "the-role");
    return reply(200, { AccessKeyId: AWS_KEY.accessKeyId, SecretAccessKey: AWS_KEY.secretAccessKey, Token: "session" });
  });
}
