import { findDockerLogin } from "../clients/docker-login.ts";
import { type ClientSituation, type Expected, examineDocker, examineNpm, examinePodman } from "../diagnosis/clients.ts";
import { examinePull, examinePush } from "../diagnosis/image.ts";
import { examineNetwork } from "../diagnosis/network.ts";
import { examineLogin } from "../diagnosis/registry.ts";
import { examineSecrets } from "../diagnosis/set.ts";
import { ok, type Step, type StepName, skipped, wrong } from "../diagnosis/step.ts";
import type { Subject } from "../diagnosis/subjects.ts";
import type { Environment } from "../discovery/environment.ts";
import type { Options } from "../discovery/options.ts";
import type { Credential } from "../exchange/credential.ts";
import type { Code } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { askImage } from "../handshake/image.ts";
import type { Registry } from "../registries/registry.ts";
import { readEarlier, vaultsOf } from "../vault/earlier.ts";
import { findEntry } from "../vault/vault.ts";
import type { Context } from "./context.ts";
import { explainNoAnswer } from "./no-answer.ts";
import { createObtain } from "./obtain.ts";
import { secretOf } from "./secret-of.ts";

export interface ExamineOptions {
  readonly context: Context;
  readonly options: Options;
  /** The environment, and over it the secrets file of a codespace. */
  readonly world: Environment;
  readonly push: boolean;
}

/** A credential to ask with, and what clients should present where the secrets say so. */
interface Known {
  readonly credential: Credential | null;
  readonly expected: Expected | null;
}

/** The steps for one subject, in order; what depends on a step that is wrong is skipped. */
export async function examine(subject: Subject, { context, options, world, push }: ExamineOptions): Promise<Step[]> {
  const { registry, image, request } = subject;
  const { steps: first, usable } = examineSecrets(subject, world);
  if (!usable || registry === null) return [...first, ...skip(registry, image !== null, "the secrets are")];
  const { timeout } = options;
  const server = ok("server", `${registry.host} (${registry.kind})`);
  const network = await examineNetwork(registry, context.env, timeout);
  const known = await findCredential(subject, registry, context, timeout);
  const clients = async (early: boolean): Promise<Step[]> => {
    const found = await examineClients(subject, registry, known, context);
    // That nothing is registered follows from what is wrong already; running registry-login now would not mend it.
    return found.map((each) => (early && CONSEQUENCES.has(each.code ?? "") ? skipped(each.name, each.message) : each));
  };
  if (network.some(({ state }) => state === "wrong")) {
    const rest = [...skip(null, image !== null, "the network is"), ...(await clients(true))];
    return [...first, server, ...network, ...rest];
  }
  const login = await examineLogin(
    { registry, request, credential: known instanceof UserError ? known : known.credential },
    { send: context.send, timeout, world },
  );
  const failed = login.find(({ state }) => state === "wrong") !== undefined;
  const steps = [
    ...first,
    server,
    ...network.filter(({ name }) => !login.some((each) => each.name === name)),
    ...login,
  ];
  if (image !== null) {
    if (failed || known instanceof UserError)
      steps.push(...skip(null, true, "the login is").filter(({ name }) => name !== "login" && name !== "registry"));
    else {
      const answers = await askImage(image, known.credential, push, context.send, timeout);
      if ("outcome" in answers)
        steps.push(
          wrong("pull", { code: answers.code ?? "image-unanswered", message: answers.detail, hint: answers.hint }),
        );
      else {
        const who = known.credential?.username ?? null;
        steps.push(examinePull(image, who, answers.pull, push));
        if (answers.push !== null) steps.push(examinePush(image, who, answers.push, push));
      }
    }
  }
  return [...steps, ...(await clients(failed))];
}

const CONSEQUENCES: ReadonlySet<string> = new Set<Code>(["not-registered", "login-failed", "vault-gone"]);

/** The credential of the secrets; else what an earlier login keeps; else what docker itself would present. */
async function findCredential(
  { request, registered }: Subject,
  registry: Registry,
  context: Context,
  timeout: number,
): Promise<Known | UserError> {
  if (request !== null) {
    try {
      // Storage plaintext keeps no token: the doctor writes nothing.
      const credential = await createObtain(context, "plaintext", {
        timeout,
        now: context.now,
        agentFor: context.agentFor,
      })(request);
      const secret = request.exchange === null ? credential.secret : null;
      return { credential, expected: { user: credential.username, secret } };
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
  const found = findEntry(vaultsOf(readEarlier(context.env)), registry.host);
  if (found !== null) {
    const secret = await secretOf(context, found);
    if (typeof secret !== "string") return secret;
    const { username, expiresAt, aws } = found.entry;
    return {
      credential: { username, secret, expiresAt },
      expected: { user: username, secret: aws === null ? secret : null },
    };
  }
  const { login } = await findDockerLogin(context.env, registry);
  const credential = login === null ? null : { ...login, expiresAt: null };
  // A login that was here once and is gone is still what clients should have.
  const lost = registered !== null && login === null ? { user: "", secret: null } : null;
  return { credential, expected: lost };
}

async function examineClients(
  { image, request }: Subject,
  registry: Registry,
  known: Known | UserError,
  context: Context,
): Promise<Step[]> {
  const earlier = readEarlier(context.env);
  const stored = vaultsOf(earlier).some((vault) => vault.read("stored", registry.host) !== null);
  const situation: ClientSituation = {
    env: context.env,
    registry,
    expected: known instanceof UserError ? { user: "", secret: "" } : known.expected,
    whyNoAnswer: await explainNoAnswer(context, earlier, registry, request),
    storedFirst: stored,
  };
  if (registry.kind === "npm") return [examineNpm(situation)];
  const repository = image?.repository ?? null;
  return [await examineDocker(situation), ...(await examinePodman(situation, repository))];
}

function skip(registry: Registry | null, withImage: boolean, what: string): Step[] {
  const names: StepName[] = ["registry", "login", ...(withImage ? (["pull", "push"] as const) : [])];
  if (registry !== null) names.unshift("network");
  return names.map((name) => skipped(name, `not asked before ${what} well`));
}
