import type { Credential } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { askImage } from "../handshake/image.ts";
import type { Environment } from "../platform/environment.ts";
import type { Image } from "../registries/image.ts";
import { suspectSuffix } from "../registries/look-alike.ts";
import type { Registry } from "../registries/registry.ts";
import { loginHosts } from "../store/known-logins.ts";
import { findAccepted } from "./accepted-login.ts";
import { examineCluster } from "./cluster.ts";
import { type CredentialToTest, findCredentialToTest } from "./credential-to-test.ts";
import { type Engine, examineEngine } from "./engine.ts";
import { identitySteps } from "./identity-sources.ts";
import { examinePull, examinePush } from "./image.ts";
import { examineNetwork } from "./network.ts";
import { examineLogin } from "./registry.ts";
import { examineSecrets } from "./secret-set.ts";
import { note, ok, type Step, type StepName, skipped, skippedUntil, wrong } from "./step.ts";
import type { Subject } from "./targets.ts";
import { type ClientOptions, examineClients } from "./use-by-clients.ts";

export interface ExamineOptions extends ClientOptions {
  /** The environment, overridden by the secrets file of a codespace. */
  readonly world: Environment;
  readonly push: boolean;
  readonly engine: Engine;
}

/** The steps for one subject, in order; those that depend on a failed step are skipped. */
export async function examine(subject: Subject, given: ExamineOptions): Promise<Step[]> {
  const { context, store, options, query } = given;
  const { registry, image } = subject;
  const { steps: first, usable } = examineSecrets(subject, options.registries);
  if (!usable || registry === null) {
    const names: StepName[] = [...(registry === null ? [] : (["network"] as const)), "registry", "login"];
    return [...first, ...skippedUntil("secrets", [...names, ...imageSteps(image)])];
  }
  const { timeout } = options;
  const network = await examineNetwork(registry, context.env, timeout);
  const known = await findCredentialToTest(subject, registry, context, store, timeout, query);
  if (!(known instanceof UserError) && known.credential !== null) {
    context.secrets.add([known.credential.secret]);
  }
  const steps = [
    ...(first.length > 0 ? first : [describeOwn(registry, known)]),
    ...identitySteps(known instanceof UserError ? known : known.credential),
    ok("server", `${registry.host} (${registry.kind})`),
  ];
  // What depends on the login, in the order of the report.
  const rest: readonly StepName[] = [...imageSteps(image), ...(registry.kind === "npm" ? [] : (["engine"] as const))];
  let tested = known;
  if (isWrong(network)) steps.push(...network, ...skippedUntil("network", ["registry", "login", ...rest]));
  else {
    const login = await testLogin(subject, registry, known, given);
    tested = login.known;
    const { answers } = login;
    steps.push(...network.filter(({ name }) => !answers.some((each) => each.name === name)), ...answers);
    if (isWrong(answers) || tested instanceof UserError) steps.push(...skippedUntil("login", rest));
    else if (isUnencrypted(answers)) steps.push(...(await examineUnencrypted(registry, image, given)));
    else steps.push(...(await examineUse(registry, image, tested, given)));
  }
  const ofClients = await examineClients(subject, registry, tested, isWrong(steps), given);
  return withCauses([...steps, ...ofClients], registry);
}

/** Does the registry accept the login, or else a different one that is known for it? */
async function testLogin(
  subject: Subject,
  registry: Registry,
  known: CredentialToTest | UserError,
  { context, store, options: { timeout }, world, query }: ExamineOptions,
): Promise<{ answers: Step[]; known: CredentialToTest | UserError }> {
  const { request } = subject;
  const credential = known instanceof UserError ? known : known.credential;
  const login = { registry, request, credential, hasImage: subject.image !== null };
  const answers = await examineLogin(login, { send: context.send, timeout, world });
  const isRejected = answers.some(({ name, state }) => name === "login" && state === "wrong");
  if (request === null || !isRejected) return { answers, known };
  const other = await findAccepted({ ...subject, request }, known, { context, store, timeout, query });
  if (other === null) return { answers, known };
  // The secrets of this shell do not matter for a pull, so what is wrong with them is only a note.
  const others = answers.filter(({ name }) => name !== "login");
  return other.known === null
    ? { answers: [...others, wrong("login", other.finding)], known }
    : { answers: [...others.map(asNote), note("secrets", other.finding), other.login], known: other.known };
}

function asNote(step: Step): Step {
  return step.state === "wrong" ? { ...step, state: "note" } : step;
}

/** What an accepted login is for: an image, if a person asks for one, and the engine that pulls for docker. */
async function examineUse(
  registry: Registry,
  image: Image | null,
  { credential, expected }: CredentialToTest,
  given: ExamineOptions,
): Promise<Step[]> {
  const ofImage = image === null ? [] : await examineImage(image, credential, given);
  if (registry.kind === "npm") return ofImage;
  // An image that cannot be pulled from here cannot be pulled by the engine.
  const asked = isWrong(ofImage) ? null : image;
  const situation = { context: given.context, registry, image: asked, expected, query: given.query };
  const ofEngine = await examineEngine(given.engine, situation);
  const isPulled = image !== null && credential !== null && ofImage[0]?.state === "ok";
  return [...ofImage, ...ofEngine, ...(isPulled ? await examineInCluster(image, given) : [])];
}

async function examineInCluster(image: Image, { context, store, options }: ExamineOptions): Promise<Step[]> {
  const isPublic = async (): Promise<boolean> => {
    const answers = await askImage(image, null, false, context.send, options.timeout);
    return "pull" in answers && answers.pull.status < 300;
  };
  const { env, now } = context;
  return await examineCluster(image, { env, now, isPublic, known: loginHosts(store) });
}

const imageSteps = (image: Image | null): StepName[] => (image === null ? [] : ["pull", "push"]);

/** Without secrets: what is tested instead. */
function describeOwn({ host }: Registry, known: CredentialToTest | UserError): Step {
  return known instanceof UserError || known.credential !== null
    ? ok("secrets", "none are set here; checking the login that clients use")
    : note("secrets", explain("no-login", { host }));
}

async function examineImage(
  image: Image,
  credential: Credential | null,
  { context, options, push }: ExamineOptions,
): Promise<Step[]> {
  const answers = await askImage(image, credential, push, context.send, options.timeout);
  if ("outcome" in answers) {
    return [wrong("pull", { code: answers.code ?? "image-unanswered", message: answers.detail, hint: answers.hint })];
  }
  const who = credential?.username ?? null;
  const pull = examinePull(image, who, answers.pull, push);
  return answers.push === null ? [pull] : [pull, examinePush(image, who, answers.push, push)];
}

/** Adds a suspicion about the server's name, and replaces the `ok` of a step by what is wrong with it. */
function withCauses(steps: readonly Step[], registry: Registry): Step[] {
  // Where its token service does not work, the registry itself has answered.
  const online = steps.filter(
    ({ name, code }) => ["network", "registry", "login"].includes(name) && code !== "token-service-failed",
  );
  const suffix = isWrong(online) ? suspectSuffix(registry) : null;
  const all = suffix === null ? steps : [...steps, wrong("server", suffix)];
  const isReplaced = ({ name, state }: Step): boolean =>
    state === "ok" && all.some((each) => each.name === name && each.state === "wrong");
  const order: readonly StepName[] = ["secrets", "server"];
  const place = ({ name }: Step): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return all.filter((step) => !isReplaced(step)).sort((a, b) => place(a) - place(b));
}

function isUnencrypted(steps: readonly Step[]): boolean {
  return steps.some(({ code }) => code === "server-unencrypted");
}

/** Whether the engine reaches a registry without TLS; no login is sent. */
async function examineUnencrypted(registry: Registry, image: Image | null, given: ExamineOptions): Promise<Step[]> {
  const { context, query, engine } = given;
  const ofImage = imageSteps(image).map((name) => skipped(name, "not checked: no password is sent without TLS"));
  return [...ofImage, ...(await examineEngine(engine, { context, registry, image: null, expected: null, query }))];
}

function isWrong(steps: readonly Step[]): boolean {
  return steps.some(({ state }) => state === "wrong");
}
