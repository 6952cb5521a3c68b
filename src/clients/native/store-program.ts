import type { Explanation } from "../../findings/finding.ts";
import { explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { type Finished, runProgram } from "../../platform/run-program.ts";
import { isNotFoundText, readAnswer } from "../credential-helper.ts";
import type { ClientLogin } from "../docker/config.ts";
import { explainFault } from "./fault.ts";

/**
 * A credential store of the machine, by its helper program. It never throws: each verb returns what went wrong. A store that
 * has not answered once within its time limit is not queried again: its dialog may still be open.
 */
export interface StoreProgram {
  /** What follows `docker-credential-`. */
  readonly name: string;
  /** The login of a key; null for none. */
  get(key: string): Promise<ClientLogin | null | Explanation>;
  put(key: string, login: ClientLogin): Promise<Explanation | null>;
  erase(key: string): Promise<Explanation | null>;
  /** Whether there is no such program on the PATH; nothing is run. */
  isMissing(): boolean;
  /** Whether it did not answer in time before, so that it is not queried again. */
  hangs(): boolean;
}

/** What running a helper program takes from the world. */
export interface StoreWorld {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Milliseconds that one call may take from now on. */
  readonly limit: () => number;
}

/**
 * Opens a credential store; nothing is run yet.
 * @param file docker's config file, for messages
 * Source: https://github.com/docker/docker-credential-helpers
 */
function openStoreProgram(name: string, file: string, world: StoreWorld): StoreProgram {
  const { env, platform, limit } = world;
  let hung: Explanation | null = null;
  /** What the program prints; null where it has no login for the key. */
  const call = async (verb: string, key: string, input: string, bytes = 0): Promise<string | null | Explanation> => {
    if (hung !== null) return hung;
    const program = findStoreProgram(name, world);
    const settings = { env, input, limitMs: limit(), platform };
    const finished = program === null ? notFound(settings) : await runProgram(program, [verb], settings);
    if (finished.status === 0) return finished.stdout;
    if (isNotFoundText(finished.stdout)) return null;
    const fault = explainFault(finished, { store: name, key, file, env, bytes });
    if (finished.error === "TIMEOUT") hung = fault;
    return fault;
  };
  return {
    name,
    isMissing: () => findStoreProgram(name, world) === null,
    hangs: () => hung !== null,
    get: async (key) => {
      const printed = await call("get", key, key);
      if (typeof printed !== "string") return printed;
      const login = readAnswer(printed);
      return login === undefined ? explain("store-garbage", { store: name, key }) : login;
    },
    put: async (key, { username, secret }) => {
      const input = JSON.stringify({ ServerURL: key, Username: username, Secret: secret });
      const printed = await call("store", key, `${input}\n`, Buffer.byteLength(secret));
      return typeof printed === "string" ? null : (printed ?? explain("store-forgets", { store: name, key }));
    },
    erase: async (key) => {
      const printed = await call("erase", key, key);
      return typeof printed === "string" ? null : printed;
    },
  };
}

function notFound({ limitMs }: { readonly limitMs: number }): Finished {
  return { status: null, stdout: "", stderr: "", error: "ENOENT", limitMs };
}

/** The credential stores of a run, each opened once. */
export type StorePrograms = (name: string) => StoreProgram;

/** @param file docker's config file, for messages */
export function openStorePrograms(file: string, world: StoreWorld): StorePrograms {
  const opened = new Map<string, StoreProgram>();
  return (name) => {
    const program = opened.get(name) ?? openStoreProgram(name, file, world);
    opened.set(name, program);
    return program;
  };
}

function findStoreProgram(name: string, { env }: StoreWorld): string | null {
  return findAbsoluteProgram(`docker-credential-${name}`, env);
}
