import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { TOOLS_IMAGE } from "./images.ts";
import { KEEP, printKept } from "./keep.ts";
import { run, tryRun } from "./shell.ts";
import { tempFolder } from "./temp-home.ts";

/** What a second engine has instead of this machine's. It has a network of its own, from which nothing is reached. */
export interface EngineSettings {
  /** What its HTTPS_PROXY is: the path of a unix socket at which a proxy listens, or "down" for one that is not there. */
  readonly proxy?: string;
  /** Host name -> address, in its /etc/hosts. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Host name -> the PEM of an authority, in its /etc/docker/certs.d. */
  readonly authorities?: Readonly<Record<string, string>>;
  /** A folder that it has at the same path. With it, it runs containers, which need `--network=host`. */
  readonly workspaces?: string;
}

const PROXY_PORT = 3128;

/** Leads the proxy's port in the engine's network to a unix socket, which is in a folder that both have. */
const FORWARD = `
const net = require("node:net");
net.createServer((client) => {
  const proxy = net.connect("/proxy.sock");
  for (const socket of [client, proxy]) socket.on("error", () => { client.destroy(); proxy.destroy(); });
  client.pipe(proxy).pipe(client);
}).listen(${PROXY_PORT}, "127.0.0.1");
`;

/**
 * Starts a real docker engine in a container until the test ends.
 *
 * In a network of its own: an engine creates or removes the bridge docker0 of the network that it runs in, which this
 * machine's engine needs.
 * @returns the variables that lead docker to it
 */
export async function startSecondEngine(settings: EngineSettings): Promise<{ readonly DOCKER_HOST: string }> {
  const { proxy, hosts = {}, authorities = {}, workspaces } = settings;
  const folder = tempFolder();
  mkdirSync(join(folder, "etc"));
  for (const [host, pem] of Object.entries(authorities)) {
    mkdirSync(join(folder, "etc", "certs.d", host), { recursive: true });
    writeFileSync(join(folder, "etc", "certs.d", host, "ca.crt"), pem);
  }
  // Nothing listens at this address.
  writeFileSync(join(folder, "resolv.conf"), "nameserver 127.0.0.77\n");
  const lines = Object.entries({ localhost: "127.0.0.1", ...hosts }).map(([host, address]) => `${address} ${host}\n`);
  writeFileSync(join(folder, "hosts"), lines.join(""));
  writeFileSync(join(folder, "forward.cjs"), FORWARD);
  const hasProxy = proxy !== undefined && proxy !== "down";
  const { stdout } = await run("docker", [
    "create",
    "--init",
    "--network=none",
    // As much as an engine needs that only pulls.
    ...["--cap-add=SYS_ADMIN", "--cap-add=NET_ADMIN", "--security-opt=seccomp=unconfined"],
    ...(workspaces === undefined ? [] : [...RUNS_CONTAINERS, `--volume=${workspaces}:${workspaces}`]),
    ...(proxy === undefined ? [] : [`--env=HTTPS_PROXY=http://127.0.0.1:${PROXY_PORT}`]),
    ...(hasProxy ? [`--volume=${proxy}:/proxy.sock`] : []),
    `--volume=${folder}:/engine`,
    `--volume=${join(folder, "etc")}:/etc/docker`,
    `--volume=${join(folder, "resolv.conf")}:/etc/resolv.conf:ro`,
    `--volume=${join(folder, "hosts")}:/etc/hosts:ro`,
    "--volume=/var/lib/docker",
    TOOLS_IMAGE,
    ...["sh", "-c", `${hasProxy ? "node /engine/forward.cjs & " : ""}exec dockerd ${FLAGS.join(" ")}`],
  ]);
  const container = stdout.trim();
  onTestFinished(async () => {
    if (KEEP) return printKept("a second engine", container);
    await run("docker", ["rm", "--force", "--volumes", container]);
  });
  await run("docker", ["start", container]);
  const socket = join(folder, "docker.sock");
  const DOCKER_HOST = `unix://${socket}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    if (existsSync(socket) && (await tryRun("docker", ["version"], { env: { DOCKER_HOST } })).exitCode === 0) {
      return { DOCKER_HOST };
    }
    await sleep(100);
  }
  throw new Error(
    `the second engine does not start:\n${(await run("docker", ["logs", container])).output.slice(-4000)}`,
  );
}

const RUNS_CONTAINERS = [
  ...["--cap-add=SETFCAP", "--security-opt=systempaths=unconfined", "--cgroupns=host"],
  "--volume=/sys/fs/cgroup:/sys/fs/cgroup",
];

const FLAGS = [
  "--host=unix:///engine/docker.sock",
  "--storage-driver=vfs",
  ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
];
