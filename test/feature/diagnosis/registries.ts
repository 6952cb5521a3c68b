import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { setUpAws } from "../../support/aws-setup.ts";
import type { Situation } from "../../support/doctor.ts";
import { makeJwt } from "../../support/encoding.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { AZURE_TOKEN_USER } from "../../support/named-registries.ts";
import { type Script, scripted, startNamed } from "../../support/scripted-registry.ts";
import { fresh, type Mistake, PASSWORD, set, startRegistry } from "./table.ts";

const WRONG = { PASSWORD: "another-password-1" };

/** A login under a real name, to a registry that follows a script. */
async function named(
  host: string,
  variables: Readonly<Record<string, string>>,
  script: Partial<Script> = {},
): Promise<Situation> {
  const { env } = await startNamed(
    [host === "docker.io" ? "registry-1.docker.io" : host],
    scripted({ password: PASSWORD, ...script }),
  );
  return fresh({ ...env, ...variables });
}

/** A registry that answers to each login like this. @returns its host */
async function startAnswering(status: number, message: string): Promise<string> {
  const server = await startServer((response, _, { headers }) =>
    headers.authorization === undefined
      ? answer(response, 401, { "www-authenticate": 'Basic realm="test"' })
      : answer(response, status, {}, JSON.stringify({ errors: [{ code: "DENIED", message }] })),
  );
  return server.host;
}

/** A login to AWS with these parts of the set, where the endpoint knows one key. */
async function aws(
  parts: Readonly<Record<string, string | undefined>>,
  key: Partial<typeof AWS_KEY> & { denied?: boolean; expired?: boolean; sessionToken?: string } = {},
): Promise<Situation> {
  await setUpAws([{ ...AWS_KEY, ...key }]);
  return await named(
    ECR_HOST,
    set("ECR", ECR_HOST, { USER: AWS_KEY.accessKeyId, PASSWORD: AWS_KEY.secretAccessKey, ...parts }),
  );
}

/** Mistakes that a registry, or what gives its credential, tells. */
export const REGISTRIES: readonly Mistake[] = [
  {
    name: "a wrong password",
    code: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), WRONG)),
  },
  {
    name: "white space at the end of the password",
    code: "secret-spaces",
    leadsTo: "hub-token-needed",
    arrange: async () => named("docker.io", set("HUB", "docker.io", { PASSWORD: `${PASSWORD} ` }), { realm: "/token" }),
  },
  {
    name: "two spellings of one name, of which the wrong one counts",
    code: "secret-two-spellings",
    leadsTo: "credential-refused",
    arrange: async () => fresh({ ...set("A", await startRegistry(), WRONG), a_container_registry_password: PASSWORD }),
  },
  {
    name: "the token in the place of the user",
    code: "user-is-token",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), { USER: "ghp_0123456789abcdef", ...WRONG })),
  },
  {
    name: "Docker Hub with the account's password",
    code: "hub-token-needed",
    arrange: async () => named("docker.io", set("HUB", "docker.io", WRONG), { realm: "/token" }),
  },
  {
    name: "Docker Hub with an e-mail address",
    code: "hub-email",
    arrange: async () =>
      named("docker.io", set("HUB", "docker.io", { USER: "bob@example.com", ...WRONG }), { realm: "/token" }),
  },
  {
    name: "Docker Hub with an organization's token and a person's name",
    code: "hub-organization-token",
    arrange: async () =>
      named("docker.io", set("HUB", "docker.io", { PASSWORD: "dckr_oat_0123456789" }), { realm: "/token" }),
  },
  {
    name: "GitLab with a password",
    code: "gitlab-token-needed",
    arrange: async () => named("registry.gitlab.com", set("GITLAB", "registry.gitlab.com", WRONG)),
  },
  {
    name: "Oracle without the namespace",
    code: "ocir-user",
    arrange: async () => named("fra.ocir.io", set("OCIR", "fra.ocir.io", WRONG)),
  },
  {
    name: "NVIDIA with a user name",
    code: "ngc-user",
    arrange: async () => named("nvcr.io", set("NGC", "nvcr.io", WRONG)),
  },
  {
    name: "AWS with a token of yesterday",
    code: "ecr-token-refused",
    arrange: async () => named(ECR_HOST, set("ECR", ECR_HOST, { USER: "AWS", ...WRONG })),
  },
  {
    name: "a password that the server says has expired",
    code: "credential-expired",
    arrange: async () => fresh(set("A", await startAnswering(401, "your token has expired"))),
  },
  {
    name: "a login that is locked after failed ones",
    code: "login-locked",
    arrange: async () => fresh(set("A", await startAnswering(429, "too many failed login attempts"))),
  },
  {
    name: "ghcr.io with a token that is over",
    code: "ghcr-token-refused",
    arrange: async () => named("ghcr.io", set("GHCR", "ghcr.io", { PASSWORD: "ghp_0123456789" }), { realm: "/token" }),
  },
  {
    name: "a GITHUB_TOKEN of the last start",
    code: "github-token-refused",
    arrange: async () =>
      named("ghcr.io", { CODESPACES: "true", GITHUB_TOKEN: "ghu_of-the-last-start" }, { realm: "/token" }),
  },
  {
    name: "Azure's admin user, which is disabled",
    code: "acr-admin-disabled",
    arrange: async () =>
      named("acme.azurecr.io", set("ACR", "acme.azurecr.io", { USER: "acme" }), { realm: "/oauth2/token" }),
  },
  {
    name: "an Azure registry behind a firewall",
    code: "acr-firewall",
    arrange: async () =>
      named("acme.azurecr.io", set("ACR", "acme.azurecr.io"), {
        ping: { status: 403, code: "DENIED", message: "client with IP '192.0.2.1' is not allowed access" },
      }),
  },
  {
    name: "an Azure refresh token that has expired",
    code: "acr-token-expired",
    arrange: async () => {
      const token = makeJwt({ exp: 1_600_000_000 });
      return named("acme.azurecr.io", set("ACR", "acme.azurecr.io", { USER: AZURE_TOKEN_USER, PASSWORD: token }));
    },
  },
  {
    name: "Google with a user that it does not know",
    code: "google-user",
    arrange: async () =>
      named(
        "europe-west1-docker.pkg.dev",
        set("G", "europe-west1-docker.pkg.dev", { USER: "bob@example.com", ...WRONG }),
        { realm: "/v2/token" },
      ),
  },
  ...(
    [
      ["a Google key that is not JSON", "_json_key", "not a key at all", "google-key-form"],
      [
        "a Google key in base64",
        "_json_key",
        Buffer.from('{"private_key":"k"}').toString("base64"),
        "google-key-encoded",
      ],
      ["a Google key in plain JSON", "_json_key_base64", '{"private_key":"k"}', "google-key-plain"],
      ["a Google key without its key", "_json_key", '{"type":"service_account"}', "google-key-incomplete"],
      ["workload identity federation", "_json_key", '{"type":"external_account"}', "google-key-federation"],
      ["no base64", "_json_key_base64", "%%% not base64 %%%", "google-key-not-base64"],
    ] as const
  ).map(
    ([name, user, password, code]): Mistake => ({
      name,
      code,
      arrange: async () =>
        named(
          "europe-west1-docker.pkg.dev",
          set("G", "europe-west1-docker.pkg.dev", { USER: user, PASSWORD: password }),
        ),
    }),
  ),
  {
    name: "a secret key that does not belong to the access key",
    code: "aws-signature",
    arrange: async () => aws({ PASSWORD: "another-secret-key" }),
  },
  {
    name: "access key and secret key swapped",
    code: "aws-keys-swapped",
    arrange: async () => aws({ USER: AWS_KEY.secretAccessKey, PASSWORD: AWS_KEY.accessKeyId }),
  },
  {
    name: "an access key that AWS does not know",
    code: "aws-key-unknown",
    arrange: async () => aws({ USER: "AKIAIOSFODNN7UNKNOWN" }),
  },
  {
    name: "a temporary key without its session token",
    code: "aws-session-missing",
    arrange: async () =>
      aws({ USER: "ASIAIOSFODNN7EXAMPLE" }, { accessKeyId: "ASIAIOSFODNN7EXAMPLE", sessionToken: "it" }),
  },
  {
    name: "a session token that is over",
    code: "aws-session-expired",
    arrange: async () =>
      aws(
        { USER: "ASIAIOSFODNN7EXAMPLE", SESSION_TOKEN: "it" },
        { accessKeyId: "ASIAIOSFODNN7EXAMPLE", sessionToken: "it", expired: true },
      ),
  },
  {
    name: "an AWS identity that may not ask for tokens",
    code: "aws-action-denied",
    arrange: async () => aws({}, { denied: true }),
  },
  {
    name: "an npm token that GitHub does not know",
    code: "npm-token-unknown",
    arrange: async () => {
      const { env } = await startNamed(["npm.pkg.github.com"], (response) => answer(response, 200, {}, "{}"));
      return fresh({ ...env, ...set("NPM", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" }) });
    },
  },
  {
    name: "a web site",
    code: "web-page",
    arrange: async () => {
      const { host } = await startServer((response) =>
        answer(response, 200, { "content-type": "text/html" }, "<html>"),
      );
      return fresh(set("A", host));
    },
  },
  {
    name: "a server that sends us somewhere else",
    code: "redirected",
    arrange: async () => {
      const { host } = await startServer((response) => answer(response, 302, { location: "https://www.example.com/" }));
      return fresh(set("A", host));
    },
  },
  {
    name: "a server that is no registry",
    code: "not-a-registry",
    arrange: async () => {
      const { host } = await startServer((response) => answer(response, 404));
      return fresh(set("A", host));
    },
  },
  {
    name: "a registry that is down",
    code: "registry-busy",
    arrange: async () =>
      fresh(set("A", await startRegistry({ ping: { status: 503, headers: { "retry-after": "3600" } } }))),
  },
  {
    name: "a registry that gets too many requests",
    code: "too-many-requests",
    arrange: async () =>
      fresh(set("A", await startRegistry({ ping: { status: 429, headers: { "retry-after": "3600" } } }))),
  },
  {
    name: "a registry that keeps this machine out",
    code: "machine-refused",
    arrange: async () => fresh(set("A", await startRegistry({ ping: { status: 403 } }))),
  },
  {
    name: "a registry that does not say how to log in",
    code: "no-challenge",
    arrange: async () => fresh(set("A", await startRegistry({ ping: { status: 401 } }))),
  },
  {
    name: "a registry that wants Kerberos",
    code: "unknown-challenge",
    arrange: async () =>
      fresh(set("A", await startRegistry({ ping: { status: 401, headers: { "www-authenticate": "Negotiate" } } }))),
  },
  {
    name: "a token service at a metadata address",
    code: "token-service-untrusted",
    arrange: async () => {
      const headers = { "www-authenticate": 'Bearer realm="http://169.254.169.254/token",service="x"' };
      return fresh(set("A", await startRegistry({ ping: { status: 401, headers } })));
    },
  },
  {
    name: "a token service that gives none",
    code: "token-missing",
    arrange: async () => {
      const { host } = await startServer((response, _, { url = "", headers }) =>
        url.startsWith("/token")
          ? answer(response, 200, {}, '{"nothing":1}')
          : answer(response, 401, { "www-authenticate": `Bearer realm="http://${headers.host}/token",service="x"` }),
      );
      return fresh(set("A", host));
    },
  },
  {
    name: "a name that ends like no Azure registry",
    code: "server-suffix",
    leadsTo: "web-page",
    arrange: async () =>
      named("acme.azurecr.com", set("ACR", "acme.azurecr.com"), {
        ping: { status: 200, headers: { "content-type": "text/html" } },
      }),
  },
];
