import { expect, test } from "vitest";
import { getFor } from "../../support/helper.ts";
import { JOB, ORGANIZATION } from "../../support/identity/docker-hub.ts";
import { reply } from "../../support/identity/requests.ts";
import { setUpDockerHub } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";

const OPTIONS = { registries: "HUB=docker.io", timeout: "5" };

test("a job of GitHub Actions logs in to Docker Hub without a secret", async () => {
  const { hub, at } = await setUpDockerHub();
  const { registries } = await logIn(at(0, JOB), OPTIONS);
  expect(registries).toMatchObject([{ outcome: "verified", host: "docker.io" }]);
  expect(registries[0]?.detail).toContain("the identity of the GitHub Actions job");
  expect(hub.exchanges.map(({ method, host, path }) => `${method} ${host}${path}`)).toEqual([
    "GET pipelines.actions.githubusercontent.com/abc/00000000/_apis/distributedtask/token",
    "POST identity.docker.com/oauth/token",
  ]);
  expect(hub.exchanges[1]?.form.expires_in).toBe("3600");
  expect(await getFor(at(1, JOB), "docker.io")).toMatchObject({ user: ORGANIZATION, secret: hub.tokens[0] });
});

test.each([
  {
    name: "the user of the secrets is the organization",
    env: { HUB_CONTAINER_REGISTRY_USER: ORGANIZATION, GITHUB_REPOSITORY_OWNER: "other" },
  },
  {
    name: "the life of the token is the one of Docker's own action",
    env: { DOCKERHUB_OIDC_EXPIREIN: "600" },
    life: "600",
  },
])("$name", async ({ env, life = "3600" }) => {
  const { hub, at } = await setUpDockerHub();
  const { registries } = await logIn(at(0, { ...JOB, ...env }), OPTIONS);
  expect(registries).toMatchObject([{ outcome: "verified" }]);
  expect(hub.exchanges[1]?.form.expires_in).toBe(life);
});

test("a service that is busy is asked again after the time that it names", async () => {
  const { hub, at } = await setUpDockerHub();
  hub.fault = ({ host }) => {
    if (host !== "identity.docker.com") return null;
    hub.fault = () => null;
    return reply(429, {}, { "retry-after": "1" });
  };
  expect((await logIn(at(0, JOB), OPTIONS)).registries).toMatchObject([{ outcome: "verified" }]);
});

test("without the id of a connection an entry waits for its secrets, as before", async () => {
  const { hub, at } = await setUpDockerHub();
  const { DOCKERHUB_OIDC_CONNECTIONID: _, ...job } = JOB;
  const { registries, skipped } = await logIn(at(0, job), OPTIONS);
  expect([registries, skipped.map(({ missing }) => missing)]).toEqual([[], [["USER", "PASSWORD"]]]);
  expect(hub.exchanges).toEqual([]);
});
