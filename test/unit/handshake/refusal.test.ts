import { describe, expect, test } from "vitest";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { answer } from "../../support/misbehaving-server.ts";
import { startNamed } from "../../support/scripted-registry.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

/** A login that a registry rejects with the body that it is known for, and the finding that knows the case. */
interface Row {
  readonly name: string;
  readonly server: string;
  readonly user: string;
  readonly password: string;
  readonly status?: number;
  readonly body?: string;
  readonly code: string;
  readonly hint: RegExp;
}

const UUID = "7f1f4d0e-5b9a-4c3e-8a51-0c2a7e6b9d31";
const GITLAB =
  "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.";

/** Sources: the documentation of each registry on how to log in, and its answers. */
const ROWS: readonly Row[] = [
  {
    name: "Docker Hub with an e-mail address",
    server: "docker.io",
    user: "bob@example.com",
    password: "pass-word-1",
    code: "hub-email",
    hint: /HUB_CONTAINER_REGISTRY_USER to the Docker ID/,
  },
  {
    name: "Docker Hub with an e-mail address and a token",
    server: "docker.io",
    user: "bob@example.com",
    password: "dckr_pat_0123456789",
    code: "hub-email",
    hint: /Docker ID/,
  },
  {
    name: "Docker Hub with a password",
    server: "docker.io",
    user: "bob",
    password: "pass-word-1",
    code: "hub-token-needed",
    hint: /personal access token/,
  },
  {
    name: "Docker Hub with a token",
    server: "docker.io",
    user: "bob",
    password: "dckr_pat_0123456789",
    code: "credential-refused",
    hint: /expired, revoked/,
  },
  {
    name: "Docker Hub with a token from before 2021",
    server: "docker.io",
    user: "bob",
    password: UUID,
    code: "credential-refused",
    hint: /expired, revoked/,
  },
  {
    name: "Docker Hub with an organization's token",
    server: "docker.io",
    user: "bob",
    password: "dckr_oat_0123456789",
    code: "hub-organization-token",
    hint: /HUB_CONTAINER_REGISTRY_USER to the name of the organization/,
  },
  {
    name: "Docker Hub by a different name",
    server: "registry.hub.docker.com",
    user: "bob@example.com",
    password: "pass-word-1",
    code: "hub-email",
    hint: /Docker ID/,
  },
  {
    name: "gitlab.com with a password",
    server: "registry.gitlab.com",
    user: "bob",
    password: "pass-word-1",
    code: "gitlab-token-needed",
    hint: /read_registry/,
  },
  {
    name: "another GitLab with a password",
    server: "registry.example.com",
    user: "bob",
    password: "pass-word-1",
    status: 403,
    body: JSON.stringify({ errors: [{ code: "DENIED", message: GITLAB }] }),
    code: "gitlab-token-needed",
    hint: /two-factor/,
  },
  {
    name: "gitlab.com with a token",
    server: "registry.gitlab.com",
    user: "bob",
    password: "glpat-0123456789",
    body: GITLAB,
    code: "credential-refused",
    hint: /expired, revoked/,
  },
  {
    name: "gitlab.com with a deploy token",
    server: "registry.gitlab.com",
    user: "bob",
    password: "gldt-0123456789",
    code: "credential-refused",
    hint: /expired, revoked/,
  },
  {
    name: "Oracle without a namespace",
    server: "fra.ocir.io",
    user: "bob@example.com",
    password: "pass-word-1",
    code: "ocir-user",
    hint: /NAMESPACE\/USER/,
  },
  {
    name: "Oracle by its newer name",
    server: "ocir.eu-frankfurt-1.oci.oraclecloud.com",
    user: "bob",
    password: "pass-word-1",
    code: "ocir-user",
    hint: /auth token/,
  },
  {
    name: "Oracle with a namespace",
    server: "fra.ocir.io",
    user: "acme/bob@example.com",
    password: "pass-word-1",
    code: "credential-refused",
    hint: /mistyped/,
  },
  {
    name: "NVIDIA with a user of its own",
    server: "nvcr.io",
    user: "bob",
    password: "nvapi-0123456789",
    code: "ngc-user",
    hint: /\$oauthtoken/,
  },
  {
    name: "NVIDIA with a port",
    server: "nvcr.io:443",
    user: "bob",
    password: "nvapi-0123456789",
    code: "ngc-user",
    hint: /\$oauthtoken/,
  },
  {
    name: "NVIDIA with its user",
    server: "nvcr.io",
    user: "$oauthtoken",
    password: "nvapi-0123456789",
    code: "credential-refused",
    hint: /mistyped/,
  },
  {
    name: "Azure's admin user",
    server: "acme.azurecr.io",
    user: "acme",
    password: "pass-word-1",
    code: "acr-admin-disabled",
    hint: /admin-enabled/,
  },
  {
    name: "Azure's admin user of a name with a hash",
    server: "acme-f4g5h6d7.azurecr.io",
    user: "acme",
    password: "pass-word-1",
    code: "acr-admin-disabled",
    hint: /admin-enabled/,
  },
  {
    name: "Azure's admin user, with :443",
    server: "acme-f4g5h6d7.azurecr.io:443",
    user: "ACME",
    password: "pass-word-1",
    code: "acr-admin-disabled",
    hint: /admin-enabled/,
  },
  {
    name: "Azure with a service principal",
    server: "acme-f4g5h6d7.azurecr.io",
    user: "f4g5h6d7",
    password: "pass-word-1",
    code: "credential-refused",
    hint: /mistyped/,
  },
  {
    name: "Azure with an expired secret",
    server: "acme.azurecr.io",
    user: "bob",
    password: "pass-word-1",
    body: "AADSTS7000222: The provided client secret keys are expired.",
    code: "credential-expired",
    hint: /HUB_CONTAINER_REGISTRY_PASSWORD to a new one/,
  },
  {
    name: "AWS with a token of another region",
    server: ECR_HOST,
    user: "AWS",
    password: "token-of-aws",
    status: 400,
    body: "Your Authorization Token is invalid.",
    code: "ecr-token-refused",
    hint: /--region eu-west-1/,
  },
  {
    name: "AWS with an expired token",
    server: `${ECR_HOST}:443`,
    user: "AWS",
    password: "token-of-aws",
    status: 403,
    body: "Your authorization token has expired.",
    code: "ecr-token-refused",
    hint: /12 hours/,
  },
  {
    name: "AWS's public registry",
    server: "public.ecr.aws",
    user: "AWS",
    password: "token-of-aws",
    status: 400,
    code: "ecr-token-refused",
    hint: /--region us-east-1/,
  },
  {
    name: "a company's GitHub",
    server: "containers.octocorp.ghe.com",
    user: "bob",
    password: "ghp_0123456789",
    code: "ghcr-token-refused",
    hint: /read:packages/,
  },
  {
    name: "a token that has expired",
    server: "registry.example.com",
    user: "bob",
    password: "pass-word-1",
    body: '{"errors":[{"message":"token is expired"}]}',
    status: 401,
    code: "credential-expired",
    hint: /a new one/,
  },
];

const HOSTS = [
  ...new Set(
    ROWS.map(({ server }) => server.replace(/:443$/, "")).map((host) =>
      /docker/.test(host) ? "registry-1.docker.io" : host,
    ),
  ),
];

describe("a rejected login", () => {
  test.each(ROWS)("of $name: $code", async ({ server, user, password, status = 401, body = "{}", code, hint }) => {
    const { env } = await startNamed(HOSTS, (response, _, { headers }) =>
      headers.authorization === undefined
        ? answer(response, 401, { "www-authenticate": 'Basic realm="test"' })
        : answer(response, status, {}, body),
    );
    const { registries } = await logIn(makeHome().context({ ...env, ...secrets("HUB", server, user, password) }));
    expect(registries).toMatchObject([{ outcome: "refused", code, hint: expect.stringMatching(hint) }]);
    const text = JSON.stringify(registries);
    expect(leakedPieces(text, password)).toEqual([]);
    // What the registry writes is not repeated.
    if (body.length > 2) expect(text).not.toContain(body.slice(0, 20));
  });
});
