import { HELPER } from "../clients/credential-helper.ts";
import { gatherAuths } from "../clients/docker/auths.ts";
import { readLoginConfig } from "../clients/docker/config.ts";
import { editDockerConfig } from "../clients/docker/edit-config.ts";
import { editNpmrc } from "../clients/npm/npmrc.ts";
import type { OfflineContext } from "../context.ts";
import { tokenName } from "../exchange/aws-identity.ts";
import type { Explanation } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { parseRegistry } from "../registries/registry.ts";
import { layAnswers } from "../store/answer-cache.ts";
import type { Pending, Registration } from "../store/state-file.ts";
import { type Earlier, readEarlier, remember, vaultsOf } from "../store/store.ts";
import type { Vault } from "../store/vault.ts";
import { belongsTo, dockerFiles } from "./artifacts.ts";

/**
 * Takes away what was added for these hosts, or for all: first where clients look, then the credentials, and last the
 * bookkeeping. What belongs to other hosts, or to other programs, stays to the byte.
 * @returns why something is left, or null
 */
export async function forget(
  { env, now }: Pick<OfflineContext, "env" | "now">,
  earlier: Earlier,
  hosts: readonly string[],
  all: boolean,
): Promise<Explanation | null> {
  const leaving = earlier.state.registered.filter(({ host }) => all || hosts.includes(host));
  const leavingPending = earlier.state.pending.filter(({ host }) => all || hosts.includes(host));
  const stayingPending = earlier.state.pending.filter((each) => !leavingPending.includes(each));
  const written = [...leaving, ...leavingPending];
  const staying = earlier.state.registered.filter((login) => !leaving.includes(login));
  const edits = await Promise.allSettled([
    ...dockerFiles(earlier, env).map((file) => forgetInDockerConfig(file, all ? null : hosts, written)),
    forgetInNpmrc(written.flatMap(({ npmrc }) => npmrc ?? [])),
  ]);
  // Also when a configuration cannot be edited: the credential must not be served any more.
  for (const vault of vaultsOf(earlier)) forgetInVault(vault, hosts, all);
  layAnswers(readEarlier(env), now() / 1000);
  const failed = edits.find((edit) => edit.status === "rejected");
  // What could not be taken away now is for the next logout.
  if (failed === undefined) remember(earlier, staying, earlier.state.configs, stayingPending);
  else remember(earlier, earlier.state.registered);
  if (failed === undefined) return null;
  if (!(failed.reason instanceof UserError)) throw failed.reason;
  const { code, message, hint } = failed.reason;
  return { code, message, hint };
}

/** @param hosts null: every line that names our helper, also one that nothing is known of */
async function forgetInDockerConfig(
  file: string,
  hosts: readonly string[] | null,
  written: readonly Pending[],
): Promise<void> {
  const config = readLoginConfig(file);
  const helpers = "code" in config ? {} : config.credHelpers;
  const gone = new Set(hosts?.flatMap((host) => parseRegistry(host).keys));
  const staying = Object.keys(helpers).filter((key) => hosts !== null && helpers[key] === HELPER && !gone.has(key));
  await editDockerConfig(file, {
    adds: false,
    helperKeys: new Set(staying),
    helperAuths: new Map(),
    overrules: true,
    lastResortKeys: new Set(),
    auths: new Map(),
    formerAuths: gatherAuths(written),
  });
}

async function forgetInNpmrc(lines: readonly NonNullable<Registration["npmrc"]>[]): Promise<void> {
  for (const file of new Set(lines.map((each) => each.file))) {
    const former = new Set(lines.filter((each) => each.file === file).map(({ line }) => line));
    await editNpmrc(file, { values: new Map(), former });
  }
}

function forgetInVault(vault: Vault, hosts: readonly string[], all: boolean): void {
  for (const { host: name } of vault.list("stored")) {
    if (all || hosts.some((host) => belongsTo(name, host))) vault.remove("stored", name);
  }
  for (const { host } of vault.list("discovered")) {
    if (all || hosts.includes(host)) vault.remove("discovered", host);
  }
  // A token stays while another registry of its identity is logged in.
  vault.keepTokens(new Set(vault.list("discovered").flatMap(({ aws }) => (aws === null ? [] : [tokenName(aws)]))));
}
