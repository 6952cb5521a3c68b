import { describe, expect, test } from "vitest";
import { type Diagnosed, diagnose } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { dockerLogin } from "../../support/export.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { type KubectlScript, scriptKubectl } from "../../support/scripted-kubectl.ts";
import { scripted } from "../../support/scripted-registry.ts";
import { makeHome } from "../../support/temp-home.ts";

const PASSWORD = "pl4nted-S3cret-of-the-cluster";
const IMAGE = "acme/app:1";

interface Situation extends KubectlScript {
  /** What is asked about; HOST stands for the registry. */
  readonly target?: string;
  /** The registry serves the image to everybody. */
  readonly isPublic?: boolean;
}

/** The doctor's answer for a person who has logged in to a registry of this machine, and has a cluster there. */
async function examine(
  situation: (host: string) => Situation,
): Promise<Diagnosed & { readonly host: string; readonly log: string }> {
  const handler = scripted({ password: PASSWORD });
  let isPublic = false;
  const { host } = await startServer((response, nth, request) =>
    isPublic && request.url?.includes("/manifests/") === true ? answer(response, 200) : handler(response, nth, request),
  );
  const { target = `HOST/${IMAGE}`, isPublic: everybody = false, ...script } = situation(host);
  isPublic = everybody;
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
  const kubectl = scriptKubectl(home, script);
  const context = home.context({ PATH: kubectl.bin });
  const diagnosed = await diagnose({ context, targets: [target.replace("HOST", host)] });
  return { ...diagnosed, host, log: kubectl.log() };
}

const ofCluster = ({ steps }: Diagnosed): readonly string[] => steps.filter((step) => step.startsWith("cluster"));

describe("an image that pulls here, and a cluster without a pull secret for its host", () => {
  test("is a note with the one command", async () => {
    const found = await examine(() => ({ namespace: "dev" }));
    expect([found.exitCode, found.notes]).toEqual([0, ["cluster-no-pull-secret"]]);
    const { host } = found;
    expect(found.text).toContain(`no pull secret for ${host} in the namespace dev of the cluster kind-dev`);
    const command = `registry-login export kubernetes ${host} --namespace dev --service-account default`;
    expect(found.text).toContain(`-> run ${command} | kubectl apply --server-side -f -\n`);
    expect(`${found.text}${found.json}${found.log}`).not.toContain(PASSWORD);
  });

  test.each([
    "k3d-dev",
    "minikube",
    "docker-desktop",
    "rancher-desktop",
    "orbstack",
    "colima",
    "colima-arm",
    "microk8s",
  ])("is one for the context %s", async (context) => {
    expect((await examine(() => ({ context }))).notes).toEqual(["cluster-no-pull-secret"]);
  });

  test("is one for a profile of minikube with any name", async () => {
    const extensions = [{ name: "cluster_info", extension: { provider: "minikube.sigs.k8s.io", version: "v1.33.1" } }];
    expect((await examine(() => ({ context: "staging", extensions }))).notes).toEqual(["cluster-no-pull-secret"]);
  });

  test("is one if its secrets are for other hosts", async () => {
    const secrets = [{ name: "other", keys: ["quay.io", "https://index.docker.io/v1/"] }];
    expect((await examine(() => ({ secrets }))).notes).toEqual(["cluster-no-pull-secret"]);
  });

  test("is a different note if the secret that we wrote has expired", async () => {
    const found = await examine((host) => ({
      secrets: [{ name: "pull", validUntil: "2020-01-01T00:00:00.000Z", keys: [host] }],
    }));
    expect(found.notes).toEqual(["cluster-secret-expired"]);
    expect(found.text).toContain("expired at 2020-01-01T00:00:00.000Z");
    expect(found.text).toContain("--name pull ");
  });
});

describe("no note", () => {
  test.each<{ what: string; situation: (host: string) => Situation; steps?: string[] }>([
    {
      what: "with a pull secret",
      situation: (host) => ({ secrets: [{ name: "pull", keys: [host] }] }),
      steps: ["cluster ok"],
    },
    {
      what: "with a pull secret for a part of the registry that has the image",
      situation: (host) => ({ secrets: [{ name: "pull", keys: [`https://${host}/acme`] }] }),
      steps: ["cluster ok"],
    },
    {
      what: "with a pull secret that is still valid",
      situation: (host) => ({ secrets: [{ name: "pull", validUntil: "2999-01-01T00:00:00.000Z", keys: [host] }] }),
      steps: ["cluster ok"],
    },
    { what: "for a cluster elsewhere, which is not asked", situation: () => ({ context: "production" }) },
    { what: "for an image that everybody may pull", situation: () => ({ isPublic: true }) },
    { what: "for a host without an image", situation: () => ({ target: "HOST" }) },
    { what: "for a cluster that does not answer", situation: () => ({ before: "exit 1" }) },
  ])("$what", async ({ situation, steps = [] }) => {
    const found = await examine(situation);
    expect([found.notes, found.wrong, ofCluster(found)]).toEqual([[], [], steps]);
  });

  test("for a cluster elsewhere: kubectl is not sent to it", async () => {
    const { log } = await examine(() => ({ context: "production" }));
    expect(log).toContain("view\n");
    expect(log).not.toContain("secrets\n");
  });
});

test("the command keeps the hosts that our secret has, as far as they are logged in", async () => {
  const home = makeHome();
  const { host } = await startServer(scripted({ password: PASSWORD }));
  const kubectl = scriptKubectl(home, {
    secrets: [{ name: "registry-login", keys: ["quay.io", "https://index.docker.io/v1/", "elsewhere.example"] }],
  });
  const context = home.context({ PATH: kubectl.bin });
  for (const each of [host, "quay.io", "https://index.docker.io/v1/"])
    await dockerLogin(context, each, "bob", PASSWORD);
  home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
  const { text } = await diagnose({ context, targets: [`${host}/${IMAGE}`] });
  expect(text).toContain(`export kubernetes ${host} docker.io quay.io --namespace default`);
});
