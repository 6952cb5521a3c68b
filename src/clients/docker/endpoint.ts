import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import * as z from "zod/mini";
import { sha256 } from "../../platform/crypto.ts";
import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { parseJson } from "../../platform/json.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../../platform/read-file.ts";
import { DOCKER_FORM } from "./config-form.ts";
import { dockerConfigFile } from "./edit-config.ts";
import { decodeGo } from "./go-json.ts";

/** Where docker reaches its engine. */
export type EngineEndpoint =
  /** A unix socket, by its absolute path. */
  | { readonly kind: "socket"; readonly path: string; readonly setting: string }
  /** Another machine, as its scheme and host. */
  | { readonly kind: "remote"; readonly address: string }
  /** What docker itself cannot use. */
  | { readonly kind: "invalid"; readonly setting: string };

/** The engine's socket that docker uses without any setting, and what then counts as the setting. */
export const DEFAULT_SOCKET = "/var/run/docker.sock";
export const NO_SETTING = "the default of docker";

const DEFAULT: EngineEndpoint = { kind: "socket", path: DEFAULT_SOCKET, setting: NO_SETTING };

interface Settings {
  readonly currentContext?: string;
}

const contextShape = z.lazy(() => z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) }));

/** docker's scripts and links that run podman instead have some lines. In bytes. */
const MAX_SCRIPT_BYTES = 64 * 1024;

/** Is there a client of a docker engine: docker itself, not podman under its name, or a setting for other programs? */
export function usesEngine(env: Environment): boolean {
  if (env.DOCKER_HOST) return true;
  const docker = findProgram("docker", env);
  return docker !== null && !isPodman(docker);
}

/** The package podman-docker installs a script of this name, others make a link. */
function isPodman(docker: string): boolean {
  if (/^podman/.test(basename(realpathSync(docker)))) return true;
  return /^#!.*\n(?:.*\n)*.*\bpodman\b/.test(readTextIfPossible(docker, MAX_SCRIPT_BYTES) ?? "");
}

/**
 * The engine that docker uses: that of DOCKER_HOST, of DOCKER_CONTEXT, of `docker context use`, or its default, in this
 * order.
 * Source: docker/cli `cli/command.resolveContextName` and `cli/context/store`
 */
export function findEngineEndpoint(env: Environment): EngineEndpoint {
  if (env.DOCKER_HOST) return parseEndpoint(env.DOCKER_HOST, "DOCKER_HOST");
  const file = dockerConfigFile(env);
  const config = decodeGo(readTextIfPossible(file, MAX_CONFIG_BYTES) ?? "", DOCKER_FORM)?.value as Settings | undefined;
  const context = env.DOCKER_CONTEXT || (config?.currentContext ?? "");
  if (context === "" || context === "default") return DEFAULT;
  const setting = env.DOCKER_CONTEXT ? "DOCKER_CONTEXT" : `currentContext in ${file}`;
  const meta = join(dirname(file), "contexts", "meta", sha256(context), "meta.json");
  const parsed = contextShape.safeParse(parseJson(readTextIfPossible(meta, MAX_CONFIG_BYTES) ?? ""));
  return parsed.success ? parseEndpoint(parsed.data.Endpoints.docker.Host, setting) : { kind: "invalid", setting };
}

/** An address may hold a user and even a password: only its scheme and its host are returned. */
function parseEndpoint(text: string, setting: string): EngineEndpoint {
  if (text.startsWith("unix://")) {
    const path = text.slice("unix://".length);
    return isAbsolute(path) ? { kind: "socket", path, setting } : { kind: "invalid", setting };
  }
  if (!/^[a-z]+:\/\//.test(text) || !URL.canParse(text)) return { kind: "invalid", setting };
  const { protocol, host } = new URL(text);
  return { kind: "remote", address: `${protocol}//${host}` };
}
