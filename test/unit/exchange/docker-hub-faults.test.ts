import { expect, test } from "vitest";
import { JOB } from "../../support/identity/docker-hub.ts";
import { reply } from "../../support/identity/requests.ts";
import { type HubSetup, setUpDockerHub } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";

interface Fault {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly fault?: HubSetup["hub"]["fault"];
  readonly outcome: "refused" | "unreachable" | "failed";
  readonly code: string;
  readonly says: RegExp;
  readonly requests?: number;
}

const FAULTS: readonly Fault[] = [
  {
    name: "a job that may not have a token",
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" },
    outcome: "failed",
    code: "actions-no-token",
    says: /id-token: write/,
  },
  {
    name: "a token service of somebody else",
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "https://actions.githubusercontent.com.evil.example/token" },
    outcome: "failed",
    code: "actions-address",
    says: /evil.example, which is not GitHub's; nothing was sent/,
  },
  {
    name: "a request token that GitHub rejects",
    env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "old" },
    outcome: "refused",
    code: "actions-refused",
    says: /status 401/,
    requests: 1,
  },
  {
    name: "an id of a connection that is not one",
    env: { DOCKERHUB_OIDC_CONNECTIONID: "my-connection" },
    outcome: "failed",
    code: "hub-connection",
    says: /DOCKERHUB_OIDC_CONNECTIONID/,
  },
  {
    name: "a connection that does not exist",
    env: { DOCKERHUB_OIDC_CONNECTIONID: "44444444-4444-4444-8444-444444444444" },
    outcome: "refused",
    code: "hub-oidc-refused",
    says: /44444444.+belongs to the organization/,
    requests: 2,
  },
  {
    name: "a connection without a rule for the job",
    fault: ({ host }) =>
      host === "identity.docker.com"
        ? reply(403, { error: "access_denied", error_description: "no rule matches the subject" })
        : null,
    outcome: "refused",
    code: "hub-job-untrusted",
    says: /access_denied/,
    requests: 2,
  },
  {
    name: "an organization that nobody names",
    env: { GITHUB_REPOSITORY_OWNER: "" },
    outcome: "failed",
    code: "hub-organization",
    says: /HUB_CONTAINER_REGISTRY_USER/,
  },
  {
    name: "a life of the token that is too long",
    env: { DOCKERHUB_OIDC_EXPIREIN: "86400" },
    outcome: "failed",
    code: "hub-token-life",
    says: /DOCKERHUB_OIDC_EXPIREIN/,
  },
  {
    name: "a service that asks to come back in an hour",
    fault: ({ host }) => (host === "identity.docker.com" ? reply(429, {}, { "retry-after": "3600" }) : null),
    outcome: "unreachable",
    code: "identity-busy",
    says: /status 429/,
    requests: 2,
  },
];

test.each(FAULTS)("$name", async ({ env = {}, fault = () => null, outcome, code, says, requests = 0 }) => {
  const { hub, at } = await setUpDockerHub();
  hub.fault = fault;
  const { registries } = await logIn(at(0, { ...JOB, ...env }), { registries: "HUB=docker.io", timeout: "5" });
  expect(registries).toMatchObject([{ host: "docker.io", outcome, code }]);
  expect(`${registries[0]?.detail}; ${registries[0]?.hint}`).toMatch(says);
  expect(hub.exchanges).toHaveLength(requests);
});
