import { queryIfPresent } from "../../clients/docker/lookup.ts";
import { openStoreAnswers, queryAnswers } from "../../clients/native/answers.ts";
import { notesOf } from "../../clients/surroundings.ts";
import type { Context, Result } from "../../context.ts";
import { findEngine, NO_ENGINE } from "../../diagnosis/engine.ts";
import { type ExamineOptions, examine } from "../../diagnosis/examine.ts";
import { note, type Step, wrong } from "../../diagnosis/step.ts";
import { chooseSubjects, type Subject } from "../../diagnosis/targets.ts";
import { explainIgnoredFile, mergeSources, readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { githubHost } from "../../discovery/github-server.ts";
import { type Options, parseOptions, type RawOptions, readOptions } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import { findSecretSets } from "../../discovery/secret-sets.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { withoutControls } from "../../printable.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { describeBug } from "../../terminal/bug.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { storesOf } from "../clients-world.ts";
import { doctorJson, doctorText, type Examination } from "./report.ts";

export interface DoctorFlags {
  readonly options: RawOptions;
  readonly json: boolean;
  /** The person wants to push, so a rejected push is a problem. */
  readonly push: boolean;
  /** Hosts and images; none: every registry that is known here. */
  readonly targets: readonly string[];
}

/**
 * Checks every step from the secrets to a pull, for each registry that is known here or for the given hosts and images.
 * Changes nothing.
 * @returns exit code 1 if there is a problem
 */
export async function doctor(context: Context & { terminal: Terminal }, flags: DoctorFlags): Promise<Result> {
  const general: Step[] = [];
  const options = tolerantOptions(context, flags.options, general);
  const codespaces = readCodespacesSecrets(context);
  const discovery = discover(context.env, options, codespaces);
  const store = openStore(context);
  context.secrets.add(savedSecrets(store));
  general.push(...examineOptions(options, discovery, context, codespaces, store));
  const { env: world } = mergeSources(context.env, codespaces, (identifier) => options.registries.has(identifier));
  const subjects = chooseSubjects(flags.targets, discovery, store, world, options.registries);
  const isAnything = subjects.some(({ skipped }) => skipped === null || !skipped.isUnset);
  if (!isAnything && general.length === 0) general.push(wrong("secrets", explain("no-secrets")));
  for (const { finding, step, isWrong } of notesOf(context)) {
    general.push(isWrong ? wrong(step, finding) : note(step, finding));
  }
  const ignored = explainIgnoredFile(context);
  if (ignored !== null) general.push(note("secrets", ignored));
  const pulls = subjects.some(({ registry }) => registry !== null && registry.kind !== "npm");
  const { engine, steps: ofEngine } = pulls ? await findEngine(context, options.timeout) : NO_ENGINE;
  general.push(...ofEngine);
  const bugs: string[] = [];
  const given = { context, store, options, world, push: flags.push, engine, ...queriesOf(context, options) };
  const examinations = await Promise.all(subjects.map((subject) => examineOne(subject, given, bugs)));
  const report = {
    general: general.map(cleanStep),
    examinations: examinations.map((each) => ({
      ...each,
      title: withoutControls(each.title),
      steps: each.steps.map(cleanStep),
    })),
  };
  const bad = [...general, ...examinations.flatMap(({ steps }) => steps)].some(({ state }) => state === "wrong");
  const text = flags.json ? doctorJson(report) : doctorText(report, context.terminal);
  return { stdout: text, stderr: bugs.join(""), exitCode: bad ? 1 : 0 };
}

/** How helpers are queried: on a host, each credential store only once for a registry. */
function queriesOf(context: Context, { timeout }: Options): Pick<ExamineOptions, "answers" | "query"> {
  if (context.machine === null) return { answers: null, query: queryIfPresent };
  const answers = openStoreAnswers(storesOf(context, () => timeout));
  return { answers, query: queryAnswers(answers) };
}

/** What goes wrong here concerns this one alone: the others are still examined. */
async function examineOne(subject: Subject, given: ExamineOptions, bugs: string[]): Promise<Examination> {
  const { identifier, title, registry, image } = subject;
  const steps = await examine(subject, given).catch((error: unknown) => {
    if (error instanceof UserError) return [wrong("registry", error)];
    bugs.push(describeBug(error));
    return [wrong("registry", explain("bug", { host: registry?.host ?? title }))];
  });
  return {
    identifier,
    title,
    host: registry?.host ?? null,
    kind: registry?.kind ?? null,
    image: image?.name ?? null,
    steps,
  };
}

/** Some words come from files and servers of others. */
function cleanStep(step: Step): Step {
  return { ...step, message: withoutControls(step.message), hint: withoutControls(step.hint) };
}

/** Invalid options must not keep the doctor from checking the rest. */
function tolerantOptions(context: Context, flags: RawOptions, general: Step[]): Options {
  const file = readOptions(context);
  try {
    return parseOptions(file, flags);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    general.push(wrong("options", error));
    return parseOptions({}, {});
  }
}

function examineOptions(
  { identifiers, githubToken }: Options,
  { requests, rejected, skipped }: Discovery,
  { env }: Context,
  codespaces: Readonly<Record<string, string>>,
  { registrations }: Store,
): Step[] {
  const known = new Set([...requests, ...rejected, ...skipped, ...registrations].map(({ identifier }) => identifier));
  const unknown = [...identifiers].filter((identifier) => !known.has(identifier));
  const steps = unknown.map((identifier) => wrong("options", explain("identifier-unknown", { identifier })));
  // It is done on purpose, but easily forgotten.
  const leftOut = findSecretSets({ ...env, ...codespaces }).filter(
    ({ identifier }) => identifiers.size > 0 && !identifiers.has(identifier),
  );
  steps.push(...leftOut.map(({ identifier }) => note("options", explain("identifier-left-out", { identifier }))));
  if (githubToken === "always" && (env.GITHUB_TOKEN || codespaces.GITHUB_TOKEN || "") === "") {
    steps.push(wrong("options", explain("github-token-missing")));
  } else if (githubToken === "always" && githubHost(env, codespaces) === null) {
    steps.push(wrong("options", explain("gh-host")));
  }
  return steps;
}
