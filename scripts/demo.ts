import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { EMBEDDED_IMAGE, type EmbeddedRegistry, startEmbeddedRegistry } from "../test/support/embedded-registry.ts";
import { hasProgram, run, tryRun } from "../test/support/shell.ts";
import { buildAgent } from "./build.ts";
import { AGENT_FOLDER } from "./project.ts";

// The main job on this machine, without docker: a private registry, three secrets, the agent, and a pull with what the
// agent left for the clients. Everything lives in a temporary home folder.

const user = "demo-user";
const password = randomBytes(12).toString("hex");
const main = join(AGENT_FOLDER, "main.cjs");

const steps = 5;
let step = 0;
const begin = (what: string): void => console.log(`\n[${++step}/${steps}] ${what}`);

begin("Build the agent");
await buildAgent();

begin("Start a password-protected registry on this machine");
const registry = await startEmbeddedRegistry({ auth: "bearer", user, password });
console.log(`  http://${registry.host}, with its own token service, as Docker Hub and GHCR have one`);

const home = mkdtempSync(join(tmpdir(), "registry-login-demo-"));
const clean = {
  env: {
    HOME: home,
    DOCKER_CONFIG: undefined,
    XDG_RUNTIME_DIR: undefined,
    PATH: `${join(home, "bin")}${delimiter}${process.env.PATH}`,
  },
};
try {
  installHelper();

  begin("Run the agent with three secrets");
  const secrets = {
    DEMO_CONTAINER_REGISTRY_SERVER: registry.host,
    DEMO_CONTAINER_REGISTRY_USER: user,
    DEMO_CONTAINER_REGISTRY_PASSWORD: password,
  };
  for (const name of Object.keys(secrets)) console.log(`  ${name}=...`);
  // Memory is a matter of Linux containers; elsewhere the demonstration keeps to the temporary folder.
  const storage = process.platform === "linux" ? "memory" : "disk";
  const login = await run(process.execPath, [main, "login", "--strict", "--storage", storage], {
    env: { ...clean.env, ...secrets },
  });
  console.log(`\n${login.output.trimEnd()}`);

  begin("Pull a private image's manifest with the credential that the helper answers, in a shell without the secrets");
  await pullThroughHelper(registry);

  begin("The same with the container clients that are here");
  await pullWithClients(registry);
  console.log("\nDone: the clients are logged in, and the password was in no argument and in no output.");
} finally {
  const state = join(home, ".local/state/registry-login/state.json");
  const { memory } = existsSync(state) ? JSON.parse(readFileSync(state, "utf8")) : {};
  if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
  await registry.close();
}

/** The launcher that install.sh would put on the PATH of a container. */
function installHelper(): void {
  const file = join(home, "bin", "docker-credential-registry-login");
  mkdirSync(join(home, "bin"));
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${main}' credential-helper "$@"\n`);
  chmodSync(file, 0o755);
}

async function pullThroughHelper({ host }: EmbeddedRegistry): Promise<void> {
  const answer = await run(process.execPath, [main, "credential-helper", "get"], { ...clean, input: host });
  const { Username, Secret } = JSON.parse(answer.stdout) as { Username: string; Secret: string };
  const basic = `Basic ${Buffer.from(`${Username}:${Secret}`).toString("base64")}`;
  const tokenAnswer = await fetch(`http://${host}/token?service=embedded`, { headers: { authorization: basic } });
  const { token } = (await tokenAnswer.json()) as { token: string };
  const url = `http://${host}/v2/${EMBEDDED_IMAGE.repository}/manifests/${EMBEDDED_IMAGE.tag}`;
  const manifest = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!manifest.ok) throw new Error(`the registry answered ${manifest.status}`);
  console.log(`  docker-credential-registry-login get  ->  ${Username} and the password`);
  console.log(`  GET ${url}  ->  ${manifest.status}, ${manifest.headers.get("docker-content-digest")}`);
}

async function pullWithClients({ host }: EmbeddedRegistry): Promise<void> {
  const image = `${host}/${EMBEDDED_IMAGE.repository}:${EMBEDDED_IMAGE.tag}`;
  const clients: Record<string, string[]> = {
    docker: ["manifest", "inspect", "--insecure", image],
    skopeo: ["inspect", "--raw", "--tls-verify=false", `docker://${image}`],
    podman: [
      "--root",
      join(home, "podman"),
      "--runroot",
      join(home, "podman-run"),
      "--storage-driver=vfs",
      "pull",
      "--tls-verify=false",
      image,
    ],
  };
  for (const [client, args] of Object.entries(clients)) {
    if (!(await hasProgram(client))) {
      console.log(`  ${client}: not on this machine`);
      continue;
    }
    const ran = await tryRun(client, args, clean);
    console.log(
      `  ${client} ${args.includes("pull") ? "pull" : "inspect"} ${image}  ->  ${ran.exitCode === 0 ? "ok" : `failed: ${ran.stderr.trim().split("\n").at(-1)}`}`,
    );
  }
}
