import { editNpmrc, npmrcFile } from "../clients/npm/npmrc.ts";
import type { Environment } from "../platform/environment.ts";
import { type LockWait, tidyConfigFile } from "../platform/shared-file.ts";
import type { Pending, Registration } from "../store/state-file.ts";
import type { Earlier } from "../store/store.ts";
import { plaintextAuths } from "./auth-values.ts";
import { type DockerReport, registerDocker } from "./docker.ts";
import { type Kept, npmSetting } from "./record.ts";

/** What the clients' configurations said: docker's, and the settings of .npmrc that somebody else wrote. */
export interface ClientsReport extends DockerReport {
  readonly otherNpmSettings: ReadonlySet<string>;
  /** The sha256 of lines of .npmrc that say what ours would, and were there before. */
  readonly foreignLines: ReadonlySet<string>;
}

/** The world as far as the clients' files are concerned. */
export interface ClientsWorld {
  readonly env: Environment;
  /** How long other processes that edit the same files may be waited for. */
  readonly lockWait?: LockWait | undefined;
}

/** Takes docker's file that is about to be written, or null for another, and what of ours comes into it. */
type Announce = (file: string | null, written: readonly Pending[]) => void;

/**
 * Brings docker's configuration and .npmrc to what is registered.
 * @param announce called before a file is written
 * @throws UserError when one of the files of now cannot be edited; the other is all the same
 */
export async function registerClients(
  { env, lockWait }: ClientsWorld,
  earlier: Earlier,
  kept: readonly { readonly registration: Registration; readonly login: Kept }[],
  carried: readonly Registration[],
  announce: Announce,
): Promise<ClientsReport> {
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
  { env, lockWait }: ClientsWorld,
  earlier: Earlier,
  kept: readonly { readonly registration: Registration; readonly login: Kept }[],
  carried: readonly Registration[],
  announce: (lines: ReadonlySet<string>) => void,
): Promise<Pick<ClientsReport, "otherNpmSettings" | "foreignLines">> {
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
