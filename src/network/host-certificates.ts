import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../platform/environment.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../platform/read-file.ts";
import { failure } from "./failure.ts";

/** What a person set up for the connections to one registry. */
export interface HostCertificates {
  /** Authorities that are trusted there besides the system's, as PEM texts. */
  readonly ca: readonly string[];
  /** Client certificates and their keys, as PEM texts, in the same order. */
  readonly cert: readonly string[];
  readonly key: readonly string[];
}

const NONE: HostCertificates = { ca: [], cert: [], key: [] };

/**
 * Reads the files in which docker, podman and skopeo find a registry's certificates: `*.crt` are authorities, and each
 * `NAME.cert` is a client certificate with its key in `NAME.key`. What one of the clients reads counts.
 * @param host `host[:port]` as it is written in image names
 * @param etc the folder /etc
 * @returns null where there is nothing for this host
 * @throws an error with the code ERR_CERTS_FOLDER where a file cannot be read, or has no partner: these clients fail then, too
 * Source: https://docs.docker.com/engine/security/certificates/, containers-certs.d(5), moby's registry.ReadCertsDirectory,
 *   containers/image's pkg/tlsclientconfig
 */
export function certificatesOfHost(host: string, env: Environment, etc = "/etc"): HostCertificates | null {
  // A name that leads out of the folder is no host.
  if (process.platform === "win32" || !/^[a-z0-9.:[\]-]+$/i.test(host) || /^\.+$/.test(host)) return null;
  const found = foldersOf(host, env, etc).flatMap((folder) => readFolder(folder) ?? []);
  if (found.length === 0) return null;
  return found.reduce(
    (all, each) => ({
      ca: [...all.ca, ...each.ca],
      cert: [...all.cert, ...each.cert],
      key: [...all.key, ...each.key],
    }),
    NONE,
  );
}

/** podman's folder of the user, podman's, docker's, and docker's of a user (rootless, Docker Desktop). */
function foldersOf(host: string, env: Environment, etc: string): string[] {
  const home = env.HOME ?? "";
  const config = env.XDG_CONFIG_HOME || (home === "" ? "" : join(home, ".config"));
  return [
    ...(home === "" ? [] : [join(home, ".config/containers/certs.d")]),
    join(etc, "containers/certs.d"),
    join(etc, "docker/certs.d"),
    ...(config === "" ? [] : [join(config, "docker/certs.d")]),
    ...(home === "" || process.platform !== "darwin" ? [] : [join(home, ".docker/certs.d")]),
  ].map((folder) => join(folder, host));
}

function readFolder(folder: string): HostCertificates | null {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  const read = (name: string): string => {
    const text = names.includes(name) ? readTextIfPossible(join(folder, name), MAX_CONFIG_BYTES) : null;
    if (text === null) throw failure("ERR_CERTS_FOLDER", { file: join(folder, name) });
    return text;
  };
  const ending = (end: string): string[] => names.filter((name) => name.endsWith(end)).sort();
  const certs = ending(".cert");
  for (const name of ending(".key")) read(name.replace(/\.key$/, ".cert"));
  return {
    ca: ending(".crt").map(read),
    cert: certs.map(read),
    key: certs.map((name) => read(name.replace(/\.cert$/, ".key"))),
  };
}
