import * as z from "zod/mini";
import { authValue } from "../clients/docker/auths.ts";
import { secretsIn } from "../discovery/known-secrets.ts";
import type { RawOptions } from "../discovery/options.ts";
import { findSecretSets, type SecretSet } from "../discovery/secret-sets.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { parseJson } from "../platform/json.ts";
import { input } from "./protocol.ts";

/** What the inputs say, except the secrets. */
export interface Inputs {
  /** The options that the workflow sets. */
  readonly options: RawOptions;
  /** Whether the step fails where a login fails. */
  readonly strict: boolean;
  /** Whether the end of the job logs out. */
  readonly logout: boolean;
}

/** The secrets that a job hands to the action, and the environment that the agent works with. */
export interface JobSecrets {
  /** The job's variables without the inputs, with the secrets of the convention and the GitHub token. */
  readonly env: Environment;
  /** Every value that the logs of the job must not show. */
  readonly masked: readonly string[];
}

/** What a workflow writes to hand over all secrets of the job. */
const ALL_SECRETS = "$" + "{{ toJSON(secrets) }}";

/** The names of the convention, also those that are wrong in a way that a finding explains. */
const NAME = /CONTAINER_REGISTRY_/i;

/**
 * Reads the inputs `secrets` and `github-token`. Of all secrets of the repository, only those with a name of the convention
 * are used. They come before variables of the job with the same names.
 * @throws UserError where `secrets` is not what `toJSON(secrets)` writes, or is empty and the job has no such variable
 */
export function readSecrets(env: Environment): JobSecrets {
  const own = withoutInputs(env);
  const text = input(env, "secrets");
  const hasVariables = Object.keys(own).some((name) => NAME.test(name));
  if (text === "" && !hasVariables) throw new UserError(explain("action-secrets-missing", { expression: ALL_SECRETS }));
  const secrets = text === "" ? {} : conventional(text);
  const token = tokenOf(env);
  return {
    env: { ...own, ...secrets, ...(token === null ? {} : { GITHUB_TOKEN: token }) },
    masked: [
      ...Object.values(secrets),
      ...secretsIn(own),
      ...(token === null ? [] : [token]),
      ...findSecretSets({ ...own, ...secrets }).flatMap(inFile),
    ],
  };
}

/** A login as docker's file has it, which a later step may print. */
function inFile({ parts: { USER, PASSWORD } }: SecretSet): string[] {
  return USER === undefined || PASSWORD === undefined ? [] : [authValue(USER, PASSWORD)];
}

/** Reads the other inputs. @throws UserError for a value that is not valid */
export function readInputs(env: Environment): Inputs {
  const strict = readBoolean(env, "strict");
  return {
    options: {
      registries: readList(env, "registries"),
      identifiers: readList(env, "identifiers"),
      storage: input(env, "storage") || "native",
      githubToken: tokenOf(env) === null ? "never" : "always",
    },
    strict,
    logout: readBoolean(env, "logout"),
  };
}

function conventional(text: string): Record<string, string> {
  const parsed = z.record(z.string(), z.string()).safeParse(parseJson(text));
  if (!parsed.success) throw new UserError(explain("action-secrets-form", { expression: ALL_SECRETS }));
  return Object.fromEntries(Object.entries(parsed.data).filter(([name]) => NAME.test(name)));
}

function withoutInputs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:INPUT|STATE)_/i.test(name)));
}

/** The job's token, which is for ghcr.io on github.com alone; a GitHub Enterprise Server has a registry of its own. */
function tokenOf(env: Environment): string | null {
  const token = input(env, "github-token");
  const isGithub = /^(?:https:\/\/github\.com\/?)?$/i.test(env.GITHUB_SERVER_URL ?? "");
  return token === "" || token === "never" || !isGithub ? null : token;
}

/** A list with commas or line breaks between its entries, as one with commas. */
function readList(env: Environment, name: string): string {
  return input(env, name)
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .join(", ");
}

function readBoolean(env: Environment, name: string): boolean {
  const text = input(env, name).toLowerCase();
  if (text === "" || text === "true") return true;
  if (text === "false") return false;
  throw new UserError(explain("action-input", { problem: `${name} must be true or false` }));
}
