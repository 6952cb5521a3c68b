import { isDeepStrictEqual } from "node:util";
import { fingerprint } from "../clients/auths.ts";
import { type LockWait, tidyConfigFile } from "../clients/config-file.ts";
import { editNpmrc, lineFingerprint, npmrcFile, npmTokenKey } from "../clients/npmrc.ts";
import type { Environment } from "../discovery/environment.ts";
import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { awsIdentityOf, tokenName } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import { layAnswers } from "../vault/answers.ts";
import { type Earlier, readEarlier, remember, vaultFor, vaultsOf, withVault } from "../vault/earlier.ts";
import { isVaulted, type Pending, type Registration } from "../vault/home.ts";
import type { Entry } from "../vault/vault.ts";
import { plaintextAuths } from "./auth-values.ts";
import type { Context } from "./context.ts";
import { type DockerReport, registerDocker } from "./register-docker.ts";

/** A login to keep: what the clients shall find for the request's registry. */
export interface Kept {
  readonly request: LoginRequest;
  readonly credential: Credential;
  readonly verified: boolean;
  /** Epoch seconds; see {@link Registration}. */
  readonly verifiedAt: number | null;
}

/** What the clients' configurations said: docker's, and the settings of .npmrc that somebody else wrote. */
export interface KeepReport extends DockerReport {
  readonly otherNpmSettings: ReadonlySet<string>;
  /** The sha256 of lines of .npmrc that say what ours would, and were there before. */
  readonly foreignLines: ReadonlySet<string>;
}

interface Patient {
  /** How long other processes that edit the same files may be waited for. */
  readonly lockWait?: LockWait | undefined;
}

/** The credential that an earlier run kept for this login, if it is exactly this one. */
export function isKnown(
  earlier: Earlier,
  storage: Storage,
  request: LoginRequest,
  credential: Credential,
  env: Environment,
): "verified" | "unverified" | "none" {
  const unasked = { request, credential, verified: false, verifiedAt: null };
  const now = registrationOf(unasked, storage, env);
  const registered = earlier.state.registered.find((each) =>
    isDeepStrictEqual({ ...each, verified: false, verifiedAt: null }, now),
  );
  if (registered === undefined) return "none";
  const entry = vaultFor(earlier, now.storage)?.read("discovered", now.host) ?? null;
  if (isVaulted(now) && !isDeepStrictEqual(entry, entryOf(unasked))) return "none";
  return registered.verified ? "verified" : "unverified";
}

/**
 * Leaves exactly `kept` and `carried` behind: first the credentials, then the clients' configuration, then what is not
 * wanted goes, so that no client is ever pointed at a credential that is not there. What persons stored themselves stays.
 * @param carried logins of earlier runs to leave as they are
 * @param failed logins of which only the cause is kept, for the helper to tell
 * @throws UserError when the credentials or the configuration cannot be written
 */
export async function keep(
  context: Pick<Context, "env" | "memoryFolders" | "now"> & Patient,
  before: Earlier,
  storage: Storage,
  kept: readonly Kept[],
  carried: readonly Registration[],
  failed: readonly Registration[] = [],
): Promise<KeepReport> {
  const fresh = kept.map((login) => ({ login, registration: registrationOf(login, storage, context.env) }));
  const rest = [...carried, ...failed];
  const registered = [...fresh.map(({ registration }) => registration), ...rest];
  let earlier = before;
  for (const { login, registration } of fresh.filter((each) => isVaulted(each.registration))) {
    earlier = withVault(context.memoryFolders, earlier, registration.storage === "disk" ? "disk" : "memory");
    vaultFor(earlier, registration.storage)?.write("discovered", entryOf(login));
  }
  let foreign: ReadonlySet<string> = new Set();
  let configs: readonly string[] = earlier.state.configs;
  let unfinished = false;
  // A run that is killed after it wrote to a client's file must find there what is its own.
  const pending = [...earlier.state.pending];
  const announced = [...configs];
  try {
    const report = await register(context, earlier, fresh, rest, (file, written) => {
      if (registered.length === 0) return;
      pending.push(...written);
      if (file !== null && !announced.includes(file)) announced.push(file);
      remember(earlier, earlier.state.registered, announced, pending);
    });
    foreign = report.foreignLines;
    ({ configs, unfinished } = report);
    return report;
  } catch (error) {
    unfinished = true;
    throw error;
  } finally {
    // Also when a configuration cannot be edited: a refused credential must not be served any more.
    forgetOthers(earlier, registered);
    // What could not be taken away now is for the next run.
    const left = earlier.state.registered.filter((each) => !isVaulted(each) && !registered.includes(each));
    // A line that somebody else wrote in the same words is not ours to take away.
    remember(
      earlier,
      [...registered, ...(unfinished ? left : [])].map(({ npmrc, ...rest }) =>
        npmrc === undefined || foreign.has(npmrc.line) ? rest : { ...rest, npmrc },
      ),
      unfinished ? announced : configs,
      pending.filter(({ host }) => unfinished || carried.some((each) => each.host === host)),
    );
    layAnswers(readEarlier(context.env), context.now() / 1000);
  }
}

function forgetOthers(earlier: Earlier, registered: readonly Registration[]): void {
  for (const vault of vaultsOf(earlier)) {
    for (const { host } of vault.list("discovered")) {
      const wanted = registered.some((each) => each.host === host && vaultFor(earlier, each.storage) === vault);
      if (!wanted) vault.remove("discovered", host);
    }
    vault.keepTokens(new Set(vault.list("discovered").flatMap(({ aws }) => (aws === null ? [] : [tokenName(aws)]))));
  }
}

/** Takes docker's file that is about to be written, or null for another, and what of ours comes into it. */
type Announce = (file: string | null, written: readonly Pending[]) => void;

/** Brings docker's configuration and .npmrc to what is registered. */
async function register(
  { env, lockWait }: Pick<Context, "env"> & Patient,
  earlier: Earlier,
  kept: readonly { readonly registration: Registration; readonly login: Kept }[],
  carried: readonly Registration[],
  announce: Announce,
): Promise<KeepReport> {
  const plaintext = kept.flatMap(({ registration, login }) =>
    registration.storage === "plaintext" ? plaintextAuths(login.request.registry, login.credential) : [],
  );
  const registered = [...kept.map(({ registration }) => registration), ...carried];
  const docker = registerDocker({ env, lockWait }, earlier, registered, carried, new Map(plaintext), (file, keys) => {
    const written = kept.filter(({ registration }) =>
      Object.keys(registration.auths ?? {}).some((key) => keys.has(key)),
    );
    announce(
      file,
      written.map(({ registration: { host, auths } }) => ({ host, auths })),
    );
  });
  const npm = registerNpm({ env, lockWait }, earlier, kept, carried, (lines) => {
    const written = kept.filter(({ registration }) => lines.has(registration.npmrc?.line ?? ""));
    announce(
      null,
      written.map(({ registration: { host, npmrc } }) => ({ host, npmrc })),
    );
  });
  // One that cannot be edited does not stop the other.
  const [dockerReport, npmReport] = await Promise.allSettled([docker, npm]);
  if (dockerReport.status === "rejected") throw dockerReport.reason;
  if (npmReport.status === "rejected") throw npmReport.reason;
  return { ...dockerReport.value, ...npmReport.value };
}

/** Brings .npmrc to what is registered, and takes our lines away where an earlier run wrote them to another file. */
async function registerNpm(
  { env, lockWait }: Pick<Context, "env"> & Patient,
  earlier: Earlier,
  kept: readonly { readonly registration: Registration; readonly login: Kept }[],
  carried: readonly Registration[],
  announce: (lines: ReadonlySet<string>) => void,
): Promise<Pick<KeepReport, "otherNpmSettings" | "foreignLines">> {
  const current = npmrcFile(env);
  const values = new Map(
    kept.flatMap(({ registration, login }) => (registration.storage === "npmrc" ? [npmSetting(login, env)] : [])),
  );
  const stays = new Set(carried.flatMap(({ npmrc }) => npmrc?.line ?? []));
  const former = [...earlier.state.registered, ...earlier.state.pending].flatMap(({ npmrc }) =>
    npmrc === undefined || stays.has(npmrc.line) ? [] : npmrc,
  );
  const files = new Set([...(values.size === 0 ? [] : [current]), ...former.map(({ file }) => file)]);
  let report = { otherNpmSettings: new Set<string>(), foreignLines: new Set<string>() };
  if (!files.has(current)) await tidyConfigFile(current);
  for (const file of files) {
    const lines = new Set(former.filter((each) => each.file === file).map(({ line }) => line));
    const wanted = { values: file === current ? values : new Map<string, string>(), former: lines };
    const { otherSettings, foreignLines } = await editNpmrc(file, wanted, announce, lockWait);
    if (file === current) report = { otherNpmSettings: otherSettings, foreignLines };
  }
  return report;
}

/** An AWS token is kept among the vault's tokens, since it changes and registries share it; a GitHub token nowhere. */
function entryOf({ request, credential }: Kept): Entry {
  const aws = awsIdentityOf(request);
  const githubToken = request.source === "github-token";
  const kept = aws === null && !githubToken ? credential : { ...credential, secret: "", expiresAt: null };
  return { version: 1, host: request.registry.host, identifier: request.identifier, ...kept, aws, githubToken };
}

function registrationOf(login: Kept, storage: Storage, env: Environment): Registration {
  const { request, verified, verifiedAt } = login;
  const { identifier, registry, source } = request;
  const registration = { identifier, host: registry.host, source, verified, verifiedAt };
  if (registry.kind === "npm") {
    const line = lineFingerprint(npmSetting(login, env).join("="));
    return { ...registration, storage: "npmrc", npmrc: { file: npmrcFile(env), line } };
  }
  // Plaintext would write the token down; an entry of the vault only says where to read it.
  if (source === "github-token" && storage === "plaintext") return { ...registration, storage: "memory" };
  if (storage !== "plaintext") return { ...registration, storage };
  const auths = plaintextAuths(registry, login.credential).map(([key, auth]) => [key, fingerprint(auth)]);
  return { ...registration, storage, auths: Object.fromEntries(auths) };
}

/** By reference where the variable is in every shell, as in Codespaces; secrets of other hosts often reach the hooks only. */
function npmSetting({ request, credential }: Kept, env: Environment): [string, string] {
  const { identifier, registry, source } = request;
  const variable = source === "github-token" ? "GITHUB_TOKEN" : `${identifier}_CONTAINER_REGISTRY_PASSWORD`;
  const inEveryShell = env.CODESPACES === "true" && env[variable] === credential.secret;
  const byReference = source === "github-token" || source === "codespaces" || inEveryShell;
  return [npmTokenKey(registry.host), byReference ? `\${${variable}}` : credential.secret];
}
