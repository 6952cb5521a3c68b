import type { Row } from "../../scripts/support.ts";
import { startEmbeddedRegistry } from "./embedded-registry.ts";
import { type PlainContainer, type PlainContainerOptions, startPlainContainer } from "./plain-container.ts";
import { randomPassword, secretsFor } from "./registry.ts";
import type { Ran } from "./shell.ts";

/** The result of installing the Feature in an image and using it there. */
export interface InstallResult {
  /** What install.sh printed. */
  readonly log: string;
  /** The Node that the agent runs on: its real path and its version. */
  readonly node: string;
  /** The size of the layer, in bytes. */
  readonly size: number;
  /** What was changed outside of the Feature's own folders and programs. */
  readonly foreign: readonly string[];
}

/** This machine's processor, as images call it. */
export const PROCESSOR = process.arch === "x64" ? "amd64" : process.arch;

/** What the support table of NOTES.md says about an image in which it worked. */
export function rowFor(image: string, { log, node }: InstallResult, processor = PROCESSOR): Row {
  const major = / v(\d+)\./.exec(node)?.[1];
  const gets = node.startsWith("/usr/local/lib/registry-login/runtime/")
    ? `a private ${major}, downloaded`
    : log.includes("apk add nodejs")
      ? `the distribution's ${major}, installed with apk`
      : `the image's own ${major}`;
  return { image, processor, "the agent's Node": gets };
}

const OWN =
  /^A \/usr\/(local\/(bin\/(docker-credential-)?registry-login|(lib|share)\/registry-login)($|\/)|share\/(bash-completion|zsh|fish)\/[a-z_.-]+\/_?registry-login(\.fish)?$)/;
/** A user id that no image has. */
const USER = { user: "4242:4242", env: { HOME: "/home/somebody" } };

/**
 * Installs the Feature in an image and logs in to a private registry there, as root and as a user that no image has.
 * @throws Error with the output of the step that failed
 */
export async function tryImage(
  image: string,
  options: Readonly<Record<string, string>> = {},
  containerOptions?: PlainContainerOptions,
): Promise<InstallResult> {
  const started = await startPlainContainer(image, containerOptions);
  try {
    const { output: log } = succeed(await started.install(options));
    const size = await started.size();
    const foreign = (await started.changes()).filter((line) => !OWN.test(line));
    const { stdout } = succeed(
      await started.sh("cd /usr/local/lib/registry-login && readlink node && ./node --version"),
    );
    succeed(await started.sh(`mkdir -p ${USER.env.HOME} && chown 4242:4242 ${USER.env.HOME}`));
    await logIn(started);
    return { log, node: stdout.trim().replace("\n", " "), size, foreign };
  } finally {
    await started.remove();
  }
}

async function logIn(container: PlainContainer): Promise<void> {
  const login = { user: "image-user", password: randomPassword() };
  const registry = await startEmbeddedRegistry({ auth: "bearer", ...login });
  try {
    for (const { user, env } of [{ user: "root", env: { HOME: "/root" } }, USER]) {
      const secrets = secretsFor("TEAM", registry, login);
      const report = succeed(await container.sh("registry-login", { user, env: { ...env, ...secrets } }));
      if (!/TEAM +verified .* stored in memory/.test(report.stdout)) throw new Error(`not verified:\n${report.output}`);
      // As a client does, in a shell without the secrets.
      const answer = succeed(
        await container.sh(`printf %s ${registry.host} | docker-credential-registry-login get`, { user, env }),
      );
      if (!answer.stdout.includes(login.password)) throw new Error(`no credential for clients:\n${answer.output}`);
    }
  } finally {
    await registry.close();
  }
}

function succeed(ran: Ran): Ran {
  if (ran.exitCode !== 0) throw new Error(`ended with ${ran.exitCode}:\n${ran.output}`);
  return ran;
}
