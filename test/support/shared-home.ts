import { expect } from "vitest";
import { LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "./dev-container.ts";
import { base64 } from "./encoding.ts";
import { TOOLS_IMAGE } from "./images.ts";
import { PRIVATE_IMAGE, randomPassword, secretsFor, startRegistry, type User } from "./registry.ts";
import { type Ran, run } from "./shell.ts";

/** The user of the secrets, and a user that a person logs in as. */
export const ours: User = { user: "of-the-secrets", password: randomPassword() };
export const alice: User = { user: "alice", password: randomPassword() };

export const CLIENTS = ["docker", "podman", "skopeo"] as const;
type Client = (typeof CLIENTS)[number];

const PULLS: Readonly<Record<Client, (host: string) => string>> = {
  docker: (host) => `docker pull -q ${host}/${PRIVATE_IMAGE}`,
  podman: (host) => `podman --storage-driver=vfs pull -q --tls-verify=false ${host}/${PRIVATE_IMAGE}`,
  skopeo: (host) => `skopeo inspect --tls-verify=false docker://${host}/${PRIVATE_IMAGE}`,
};

/** docker's config.json before our first run, in a person's own layout. */
const dockerConfig = (address: string) => `{
    "auths": {
        "quay.example": { "auth": "${base64("carol:hers")}", "email": "carol@quay.example" },
\t"${address}": {"auth": "${base64(`alice:${alice.password}`)}"},
        "https://index.docker.io/v1/": {"auth": "${base64("carol:hub")}"}
    },
    "HttpHeaders": {"X-Meta-Source": "carol"},
    "credHelpers": {
        "public.ecr.example": "ecr-login",
        "gcr.example": "gcloud"
    },
    "proxies":   { "default": {"httpProxy": "http://proxy.example:3128", "noProxy": "localhost,127.0.0.0/8"} },
    "currentContext": "carols", "psFormat": "table {{.ID}}",
    "plugins": {"x": {"hooks": "a"}},
    "x-of-another-tool": [1.0, 2e3, "\\u00e4"]
}
`;

const podmanAuth = (host: string) => `{"auths": {
  "${host}/private/hello": {"auth": "${base64(`alice:${alice.password}`)}"}, "other.example/a/b": {"auth": "eDp5"}
}}`;

const NPMRC = "; carol's\n@acme:registry=https://npm.pkg.github.com/\n//npm.example/:_authToken=abc";

/** A dev container whose home folder other programs configured before our hook ran. */
export interface SharedHome {
  /** Where the registry of the secrets is. */
  readonly host: string;
  /** The same registry by its address, which is a different one to clients: alice has logged in there with docker. */
  readonly address: string;
  /** Path below the home folder -> its text before our hook ran. */
  readonly before: Readonly<Record<".docker/config.json" | ".config/containers/auth.json" | ".npmrc", string>>;
  /** What the hooks printed. */
  readonly log: string;
  read(file: string): Promise<string>;
  /** Runs a command that has to succeed. */
  sh(command: string): Promise<Ran>;
  /** Runs commands all at once, each in a shell of its own that ends at the first failure, which none may have. */
  atOnce(...commands: readonly string[]): Promise<void>;
  /** Runs `registry-login` with the secrets of both host names. */
  logInAgain(): Promise<Ran>;
  /** Checks that a client uses this user's login: it can pull while the registry accepts no other user. */
  expectPullAs(user: User, client: Client, from?: string): Promise<void>;
  close(): Promise<void>;
}

/** The secrets of logins as variables in front of a shell command. */
export function variables(hosts: Readonly<Record<string, string>>): string {
  return Object.entries(hosts)
    .flatMap(([identifier, host]) => Object.entries(secretsFor(identifier, { host }, ours)))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** The shell command with which alice logs in. */
export function logInAsAlice(client: "docker" | "podman", host: string): string {
  const more = client === "podman" ? "--tls-verify=false" : "";
  return `echo ${alice.password} | ${client} login ${more} -u alice --password-stdin ${host}`;
}

/** Starts a registry, and the dev container. */
export async function startSharedHome(): Promise<SharedHome> {
  const registry = await startRegistry({ kind: "basic", ...ours, others: [alice] });
  const { host } = registry;
  const address = host.replace("localhost", "127.0.0.1");
  const before = {
    ".docker/config.json": dockerConfig(address),
    ".config/containers/auth.json": podmanAuth(host),
    ".npmrc": NPMRC,
  };
  const write = Object.entries(before).map(
    ([file, text]) => `mkdir -p $(dirname ~/${file}) && echo ${base64(text)} | base64 -d >~/${file}`,
  );
  const context = "docker context create carols --docker host=unix:///var/run/docker.sock";
  const container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
      mounts: ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"],
      // The first of all hooks: these files are there before ours runs.
      onCreateCommand: [context, ...write].join(" && "),
    },
    secrets: {
      ...secretsFor("LOCAL", registry, ours),
      ...secretsFor("ADDRESS", { host: address }, ours),
      ...secretsFor("NPM", { host: "npm.pkg.github.com" }, { user: "carol", password: "ghp_of_carol" }),
    },
  });
  const sh = async (command: string): Promise<Ran> => {
    const ran = await container.sh(command);
    expect(ran.exitCode, `${command}:\n${ran.output}`).toBe(0);
    return ran;
  };
  return {
    host,
    address,
    before,
    log: container.log,
    read: async (file) => (await sh(`cat ${file}`)).stdout,
    sh,
    atOnce: async (...commands) => {
      await Promise.all(commands.map((each) => sh(`set -e; ${each}`)));
    },
    logInAgain: () => sh(`${variables({ LOCAL: host, ADDRESS: address })} registry-login`),
    expectPullAs: async (user, client, from = host) => {
      await registry.letIn(user);
      const pulled = await container.sh(PULLS[client](from));
      await registry.letIn(ours, alice);
      expect(pulled.exitCode, `${client} as ${user.user}: ${pulled.output}`).toBe(0);
    },
    close: async () => {
      await container.remove();
      await registry.stop();
      await run("docker", ["rmi", `${host}/${PRIVATE_IMAGE}`, `${address}/${PRIVATE_IMAGE}`]);
    },
  };
}
