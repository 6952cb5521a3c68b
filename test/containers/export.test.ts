import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Format } from "../../src/commands/export/formats.ts";
import { type ReadLogin, readAsEnvbuilder, readAsK3s, readAsKubelet } from "../support/config-readers.ts";
import { PODMAN_RUN_ARGS } from "../support/dev-container.ts";
import { diagnose } from "../support/doctor.ts";
import { basic } from "../support/encoding.ts";
import { installPackages } from "../support/engine.ts";
import { runExport } from "../support/export.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { type KubernetesApi, kubeconfig, startKubernetesApi } from "../support/kubernetes-api.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";
import { hasProgram, run, tryRun } from "../support/shell.ts";
import { logIn, makeHome, type TempHome } from "../support/temp-home.ts";

// Each format in the hands of the program that reads it, which pulls a private image from a real registry with nothing else.

const user = newUser("basic");

let registry: Registry;
let container: PlainContainer;
let api: KubernetesApi;
let image: string;
let home: TempHome;

beforeAll(async () => {
  if (!(await hasProgram("kubectl"))) await installPackages(["kubernetes-client"]);
  registry = await startRegistry(user);
  image = `${registry.host}/${PRIVATE_IMAGE}`;
  container = await startPlainContainer(TOOLS_IMAGE, { runArgs: ["--network=host", ...PODMAN_RUN_ARGS] });
  api = await startKubernetesApi();
});

afterAll(async () => {
  await api?.close();
  await container?.remove();
  await registry?.stop();
});

beforeEach(async () => {
  home = makeHome();
  await logIn(home.context(secretsFor("A", registry, user)));
});

async function exported(format: Format, flags = {}): Promise<string> {
  return (await runExport(home.context(), [format, registry.host], flags)).stdout;
}

describe("docker with DOCKER_CONFIG", () => {
  async function pull(config: string) {
    const env = { DOCKER_CONFIG: join(home.folder, "exported") };
    mkdirSync(env.DOCKER_CONFIG);
    writeFileSync(join(env.DOCKER_CONFIG, "config.json"), config);
    return await tryRun("docker", ["pull", "-q", image], { env });
  }

  test.each(["docker", "docker-auth-config"] as const)("pulls with the format %s", async (format) => {
    const { exitCode, output } = await pull(await exported(format));
    await tryRun("docker", ["rmi", image]);
    expect(exitCode, output).toBe(0);
  });

  test("is rejected without it", async () => {
    expect(await pull("{}")).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(/no basic auth|unauthorized/),
    });
  });
});

describe("podman and skopeo with --authfile", () => {
  const PULLS = {
    podman: `podman --storage-driver=vfs pull -q --tls-verify=false --authfile=/exported`,
    skopeo: "skopeo inspect --tls-verify=false --authfile=/exported",
  };
  const readers = Object.keys(PULLS) as (keyof typeof PULLS)[];

  async function pull(reader: keyof typeof PULLS, file: string) {
    await run("docker", ["exec", "-i", container.id, "sh", "-c", "cat >/exported"], { input: file });
    return await container.sh(`${PULLS[reader]} ${reader === "skopeo" ? "docker://" : ""}${image}`);
  }

  test.each(
    readers.flatMap((reader) => [{ reader, format: "podman" } as const, { reader, format: "docker" } as const]),
  )("$reader pulls with the format $format", async ({ reader, format }) => {
    const { exitCode, output } = await pull(reader, await exported(format));
    expect(exitCode, output).toBe(0);
  });

  test.each(readers)("%s is rejected without it", async (reader) => {
    const { exitCode, output } = await pull(reader, '{"auths":{}}');
    expect([exitCode === 0, output]).toEqual([false, expect.stringMatching(/unauthorized|authentication required/)]);
  });
});

/** Asks the registry for the image's manifest, as a node of a cluster does. */
async function pullAs(login: ReadLogin | null): Promise<number> {
  const [repository, tag] = PRIVATE_IMAGE.split(":");
  const headers = login === null ? {} : { authorization: basic(login.username, login.password) };
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const url = `http://${registry.host}/v2/${repository}/manifests/${tag}`;
  return (await fetch(url, { headers: { ...headers, accept } })).status;
}

describe("kubectl", () => {
  const SECRET = { name: "pull", serviceAccount: "default" };

  /** The variables of a shell whose kubectl uses the cluster. */
  function shell(): Record<string, string> {
    const file = join(home.folder, "kubeconfig");
    writeFileSync(file, kubeconfig(api, "kind-test", "dev"));
    return { KUBECONFIG: file, PATH: `${home.context().env.PATH}:${process.env.PATH}` };
  }

  function expectSecret(): void {
    const { data } = api.objects.get("dev/secrets/pull") as unknown as { data: Record<string, string> };
    const config = Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString("utf8");
    expect(readAsKubelet(config, image)).toEqual([{ username: user.user, password: user.password }]);
  }

  test.each([
    ["decodes the Secret", ["label", "--local", "-f", "-", "-o", "json", "read-by=kubectl"]],
    ["would create it", ["create", "--dry-run=client", "--validate=false", "-f", "-", "-o", "json"]],
  ])("%s", async (_, args) => {
    const { stdout } = await run("kubectl", args, {
      env: shell(),
      input: await exported("kubernetes", { name: "pull" }),
    });
    const { type, data, metadata } = JSON.parse(stdout);
    const config = Buffer.from(data[".dockerconfigjson"], "base64").toString("utf8");
    expect([type, metadata.name]).toEqual(["kubernetes.io/dockerconfigjson", "pull"]);
    const [login = null] = readAsKubelet(config, image);
    expect(await pullAs(login)).toBe(200);
  });

  test("applies it with the service account, and the doctor sees that it was missing and is there", async () => {
    const context = home.context({ ...shell(), ...secretsFor("A", registry, user) });
    const target = { context, targets: [image] };
    expect((await diagnose(target)).notes).toEqual(["cluster-no-pull-secret"]);
    const input = await exported("kubernetes", SECRET);
    await run("kubectl", ["apply", "--server-side", "--validate=false", "-f", "-"], { env: shell(), input });
    expectSecret();
    expect(api.objects.get("dev/serviceaccounts/default")).toMatchObject({ imagePullSecrets: [{ name: "pull" }] });
    const { notes, steps } = await diagnose(target);
    expect([notes, steps.filter((step) => step.startsWith("cluster"))]).toEqual([[], ["cluster ok"]]);
  });

  test("is run by --watch, which applies on the server, in the context and namespace of its start", async () => {
    const before = api.changes.length;
    const env = shell();
    const lines: string[] = [];
    const watching = {
      print: (text: string) => void lines.push(text),
      pause: async () => {
        if (lines.length > 1) return false;
        writeFileSync(env.KUBECONFIG ?? "", kubeconfig({ url: api.url }, "production", "prod"));
        lines.push("");
        return true;
      },
    };
    await runExport(home.context(env), ["kubernetes", registry.host], { ...SECRET, watching });
    expect(lines[0]).toContain("to the Secret pull in the namespace dev of the cluster kind-test");
    expectSecret();
    const changes = api.changes.slice(before);
    expect(changes.map(({ type }) => type)).toEqual(["application/apply-patch+yaml", "application/apply-patch+yaml"]);
    expect(changes.every(({ path }) => path.startsWith("/api/v1/namespaces/dev/"))).toBe(true);
    expect(JSON.stringify([...api.objects.values()])).not.toContain("last-applied-configuration");
  });
});

describe("programs that cannot be had here, by the rules of their source", () => {
  test("containerd, as k3s configures it", async () => {
    expect(await pullAs(readAsK3s(await exported("k3s"), registry.host))).toBe(200);
  });

  test("kaniko, as envbuilder configures it", async () => {
    const value = await exported("docker-auth-config", { base64: true });
    expect(await pullAs(readAsEnvbuilder(value, registry.host))).toBe(200);
  });

  test("without a login, the registry rejects them", async () => {
    expect(await pullAs(null)).toBe(401);
  });
});
