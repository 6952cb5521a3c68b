import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildPackage } from "../../scripts/package.ts";
import { ROOT } from "../../scripts/project.ts";
import { makeCertificateIn } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { type Ran, tryRun } from "./shell.ts";

/** A real npm registry with TLS on this machine. It has no way to another one. */
export interface NpmRegistry {
  readonly port: number;
  /** The file with the authority of its certificate. */
  readonly certFile: string;
  /** The token of its one user. */
  readonly token: string;
  close(): Promise<void>;
}

const USER = { name: "mona", password: "the-password-of-mona" };

/**
 * Starts a registry in which everything is private, with one package in it.
 * @param host the name that its certificate is for
 * @param name the package, of version 1.2.3
 */
export async function startNpmRegistry(host: string, name: string): Promise<NpmRegistry> {
  return await startVerdaccio({
    access: "$authenticated",
    hosts: [host, "localhost"],
    makePackage: (folder) => {
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.2.3", files: ["package.json"] }));
      return folder;
    },
  });
}

/** Starts a registry from which everybody may install our package, as it is published. */
export async function publishOurPackage(): Promise<NpmRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-package-"));
  try {
    await buildPackage(folder);
    return await startVerdaccio({ access: "$all", hosts: ["localhost"], makePackage: () => folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a registry from which everybody may install, and which has no package yet; the token of its user publishes. */
export async function startEmptyNpmRegistry(): Promise<NpmRegistry> {
  return await startVerdaccio({ access: "$all", hosts: ["localhost"] });
}

interface Setup {
  /** Who may install. */
  readonly access: "$authenticated" | "$all";
  /** The names that its certificate is for. */
  readonly hosts: readonly [string, ...string[]];
  /** Returns the folder of the package that is published, if one is. A folder that it may use comes in. */
  readonly makePackage?: (folder: string) => string;
}

async function startVerdaccio({ access, hosts, makePackage }: Setup): Promise<NpmRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-npm-"));
  const { certFile } = makeCertificateIn(folder, ...hosts);
  const port = await freePort();
  writeFileSync(
    join(folder, "config.yml"),
    `storage: ./storage
auth: { htpasswd: { file: ./htpasswd } }
packages: { "**": { access: ${access}, publish: $authenticated } }
https: { key: ./key.pem, cert: ./cert.pem }
log: { type: stdout, format: pretty, level: warn }
`,
  );
  const program = resolve(ROOT, "node_modules/verdaccio/bin/verdaccio");
  const args = [program, "--config", "config.yml", "--listen", `https://127.0.0.1:${port}`];
  const server = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const close = async (): Promise<void> => {
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const token = await signUp(port, () => server.exitCode === null);
    if (makePackage !== undefined) await publish(makePackage(folder), folder, port, token, certFile);
    return { port, certFile, token, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the user as soon as the server answers. */
async function signUp(port: number, runs: () => boolean): Promise<string> {
  for (let attempt = 0; attempt < 150 && runs(); attempt++) {
    const answer = await put(port, `/-/user/org.couchdb.user:${USER.name}`, JSON.stringify(USER)).catch(() => null);
    if (answer !== null) return JSON.parse(answer).token;
    await sleep(100);
  }
  throw new Error("the npm registry does not start");
}

function put(port: number, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    // The server was just started by this process, so its certificate would prove nothing more.
    const ask = request({ port, path, method: "PUT", headers, rejectUnauthorized: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text));
    });
    ask.on("error", reject).end(body);
  });
}

async function publish(folder: string, home: string, port: number, token: string, certFile: string): Promise<void> {
  writeFileSync(join(home, ".npmrc"), `//localhost:${port}/:_authToken=${token}\n`);
  const ran = await npm(["publish"], { HOME: home, ...npmSettings({ port, certFile }) }, folder);
  if (ran.exitCode !== 0) throw new Error(`npm publish ended with ${ran.exitCode}:\n${ran.output}`);
}

/** The variables with which npm and npx use this registry alone. */
export function npmSettings({ port, certFile }: Pick<NpmRegistry, "port" | "certFile">): Record<string, string> {
  return {
    npm_config_registry: `https://localhost:${port}/`,
    npm_config_cafile: certFile,
    npm_config_noproxy: "localhost",
  };
}

/** Runs npm, to its end, with these variables and without the settings of an npm that runs the tests. */
export function npm(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<Ran> {
  return runNpm("npm", args, env, cwd);
}

/** Runs npx in the same way. */
export function npx(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<Ran> {
  return runNpm("npx", args, env, cwd);
}

function runNpm(
  program: "npm" | "npx",
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Ran> {
  return tryRun(program, args, {
    cwd,
    env: {
      ...withoutNpmSettings(),
      npm_config_update_notifier: "false",
      npm_config_fetch_retries: "0",
      ...env,
    },
  });
}

/** Removes what an npm that runs this process has set: it would name another registry and another user's file. */
export function withoutNpmSettings(): Record<string, undefined> {
  const inherited = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  return Object.fromEntries(inherited.map((each) => [each, undefined]));
}
