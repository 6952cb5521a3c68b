import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { type EngineEndpoint, findEngineEndpoint, NO_SETTING, usesEngine } from "../clients/docker/endpoint.ts";
import { findDockerLogin, type QueryIfPresent } from "../clients/docker/lookup.ts";
import type { Context } from "../context.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { isMineOrRoots } from "../platform/owner.ts";
import { explainExchange } from "../platform/trust.ts";
import { printable } from "../printable.ts";
import type { Image } from "../registries/image.ts";
import type { Registry } from "../registries/registry.ts";
import { type Expected, isExpected } from "./clients.ts";
import { type EngineProblem, judgeEngineAnswer } from "./engine-answer.ts";
import { connectEngine, type EngineApi } from "./engine-api.ts";
import { findRootLogins } from "./root-status.ts";
import { note, ok, type Step, skipped, wrong } from "./step.ts";

/** The engine that docker uses, as far as it can be asked about registries. */
export type Engine =
  /** No program here uses one. */
  | { readonly is: "unused" }
  /** It cannot be asked; the text says why. */
  | { readonly is: "silent"; readonly why: string }
  /** Only root may use it. */
  | { readonly is: "roots"; readonly socket: string; readonly logins: ReadonlySet<string> }
  /** `isTrusted`: nobody but this user and root can read what is sent to it. */
  | { readonly is: "ready"; readonly api: EngineApi; readonly isTrusted: boolean; readonly timeoutMs: number };

/** An engine, and the steps about the engine itself. */
export interface FoundEngine {
  readonly engine: Engine;
  readonly steps: readonly Step[];
}

/** Where no engine is used. */
export const NO_ENGINE: FoundEngine = { engine: { is: "unused" }, steps: [] };

/**
 * Finds the engine that docker uses, and asks whether it is there.
 * @param timeoutMs milliseconds for each question to it
 */
export async function findEngine(context: Context, timeoutMs: number): Promise<FoundEngine> {
  const { env, send } = context;
  if (!usesEngine(env)) return NO_ENGINE;
  const endpoint = findEngineEndpoint(env);
  if (endpoint.kind !== "socket") return unusable(endpoint);
  const { path: socket, setting } = endpoint;
  const stats = look(socket);
  if (stats === "ENOENT" && setting === NO_SETTING) {
    return { engine: { is: "silent", why: "there is no docker engine here" }, steps: [] };
  }
  if (typeof stats === "string") return await explainError(context, stats, socket, null, setting);
  if (!stats.isSocket()) return silent(wrong("engine", explain("engine-not-docker", { socket })));
  const found = await connectEngine(socket, send, timeoutMs);
  if (found === "not-docker") return silent(wrong("engine", explain("engine-not-docker", { socket })));
  if (found === "no-answer") {
    const error = `no answer within ${timeoutMs / 1000} s`;
    return silent(wrong("engine", explain("engine-down", { socket, error, setting })));
  }
  if ("error" in found) return await explainError(context, found.error, socket, stats.gid, setting);
  const isTrusted = isTrustedSocket(socket, stats);
  return {
    engine: { is: "ready", api: found, isTrusted, timeoutMs },
    steps: isTrusted ? [] : [note("engine", explain("engine-socket-of-another", { socket }))],
  };
}

function unusable(endpoint: Exclude<EngineEndpoint, { kind: "socket" }>): FoundEngine {
  return endpoint.kind === "remote"
    ? silent(note("engine", explain("engine-remote", { address: endpoint.address })))
    : silent(wrong("engine", explain("engine-address", { setting: endpoint.setting })));
}

async function explainError(
  context: Context,
  error: string,
  socket: string,
  gid: number | null,
  setting: string,
): Promise<FoundEngine> {
  if (error !== "EACCES" && error !== "EPERM") {
    return silent(wrong("engine", explain("engine-down", { socket, error, setting })));
  }
  const logins = await findRootLogins(context);
  if (logins !== null) return { engine: { is: "roots", socket, logins }, steps: [] };
  const group = gid === null ? "unknown" : `id ${gid}`;
  return silent(wrong("engine", explain("engine-not-permitted", { socket, group })));
}

function silent(step: Step): FoundEngine {
  return { engine: { is: "silent", why: step.message }, steps: [step] };
}

/** What is at a path, or the code of the error. */
function look(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

/** Can nobody but this user and root open another socket at this path? */
function isTrustedSocket(socket: string, stats: Stats): boolean {
  const folders = [dirname(socket), dirname(realpathSync(socket))];
  return isMineOrRoots(stats) && folders.every((folder) => explainExchange(folder, socket) === null);
}

/** What the engine is asked about, and what is known already. */
export interface EngineSituation {
  readonly context: Context;
  readonly registry: Registry;
  readonly image: Image | null;
  /** The login that the registry accepts from here. */
  readonly expected: Expected | null;
  /** Queries the helpers that docker would. */
  readonly query: QueryIfPresent;
}

/** Does the engine resolve, reach and trust a registry, and is the login accepted that docker sends through it? */
export async function examineEngine(engine: Engine, situation: EngineSituation): Promise<Step[]> {
  const { context, registry, image, expected, query } = situation;
  const { host } = registry;
  switch (engine.is) {
    case "unused":
      return [];
    case "silent":
      return [skipped("engine", engine.why)];
    case "roots": {
      const { socket } = engine;
      if (expected === null || engine.logins.has(host)) {
        return [ok("engine", `only root may use it (${printable(socket)}); sudo docker uses root's login`)];
      }
      return [wrong("engine", explain("engine-root-only", { socket, host }))];
    }
    case "ready": {
      const { login } = await findDockerLogin(context.env, registry, query);
      // Any other login is a problem of docker's step, and the engine has nothing to do with it.
      const sent = engine.isTrusted && login !== null && isExpected(login, expected) ? login : null;
      context.secrets.add([sent?.secret ?? ""]);
      const answer = await engine.api.ask({ registry, image, login: sent });
      return [describeAnswer(answer, { host, isLoggedIn: sent !== null, timeoutMs: engine.timeoutMs })];
    }
  }
}

interface Asked {
  readonly host: string;
  readonly isLoggedIn: boolean;
  readonly timeoutMs: number;
}

function describeAnswer(answer: Awaited<ReturnType<EngineApi["ask"]>>, { host, isLoggedIn, timeoutMs }: Asked): Step {
  if (answer === "no-answer") return wrong("engine", explainProblem({ code: "engine-no-answer" }, host, timeoutMs));
  if ("error" in answer) return note("engine", explain("engine-unclear", { host, answer: answer.error }));
  const verdict = judgeEngineAnswer(answer);
  if (verdict === "unclear") {
    const words = `${answer.status} ${answer.message}`.trim();
    return note("engine", explain("engine-unclear", { host, answer: words }));
  }
  const reaches = `docker's engine resolves, reaches and trusts ${host}`;
  if (verdict === "accepted") return ok("engine", isLoggedIn ? `${reaches}, and its login is accepted` : reaches);
  // Without a login, it only shows that the registry has answered.
  if (verdict.code === "engine-refused" && !isLoggedIn) return ok("engine", reaches);
  return wrong("engine", explainProblem(verdict, host, timeoutMs));
}

function explainProblem(problem: EngineProblem, host: string, timeoutMs: number): Explanation {
  switch (problem.code) {
    case "engine-unreachable":
      return explain(problem.code, { host, error: problem.error });
    case "engine-no-answer":
      return explain(problem.code, { host, seconds: timeoutMs / 1000 });
    default:
      return explain(problem.code, { host });
  }
}
