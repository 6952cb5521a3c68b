import type { Context, Result } from "../../context.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { jsonLine } from "../../printable.ts";
import { parseRegistry } from "../../registries/registry.ts";
import { noteHandMade } from "../../repository/by-hand.ts";
import { lookAt, type Needs } from "../../repository/look.ts";
import { openSources, type Sources } from "../../repository/sources.ts";
import { apply, type Draft } from "./apply.ts";
import type { Asker } from "./asker.ts";
import { checkPrivacy } from "./check.ts";
import { type Chosen, proposeIdentifier, readRegistryFlags } from "./choose.ts";
import { decide, notesOfUnchosen } from "./decide.ts";
import { differenceOf } from "./difference.ts";
import { type Document, parseDocument } from "./document.ts";
import type { InitFlags } from "./flags.ts";
import { githubRepository } from "./github-repository.ts";
import { inlineSecrets } from "./inline-secrets.ts";
import { envFileOf, planLocalFiles, planLocalRemoval } from "./local-files.ts";
import { nextSteps } from "./next-steps.ts";
import { planEdits } from "./plan.ts";
import { planRemoval } from "./removal.ts";
import { type InitReport, initJson, initText } from "./report.ts";
import { secretName } from "./secret-texts.ts";
import { type SecretsSet, setSecrets } from "./set-secrets.ts";
import { findTarget, type Target } from "./target.ts";

/**
 * Sets a repository up, or takes that back: looks at what it needs, shows what would change, and changes it.
 * @param asker who answers what the command line does not say; null where nobody does
 * @throws UserError where nothing can be done; with `--json` that is a result, too
 */
export async function init(context: Context, flags: InitFlags, asker: Asker | null): Promise<Result> {
  try {
    const target = await findTarget(flags, asker);
    return await (flags.remove ? remove(context, flags, target, asker) : setUp(context, flags, target, asker));
  } catch (error) {
    if (!(error instanceof UserError) || !flags.json) throw error;
    const { code, message, hint } = error;
    return { stdout: jsonLine({ outcome: "refused", code, message, hint }), exitCode: 2 };
  }
}

async function setUp(context: Context, flags: InitFlags, target: Target, asker: Asker | null): Promise<Result> {
  const { folder, file, isNew, text } = target;
  const named = readRegistryFlags(flags.registries);
  const document = parseDocument(text, file);
  const sources = openSources(folder, context.env);
  const { needs, checked } = await look(context, flags, sources, file, document);
  context.secrets.add(inlineSecrets(document.value, needs));
  const decision = await decide({ file, document, needs, named, checked, asker });
  const { chosen, mapped } = decision;
  const local = flags.local ?? (asker === null || chosen.length === 0 ? "none" : await asker.localWay());
  const plan = planEdits({ file, document, needs, chosen, mapped, sources, local });
  const files = local === "env-file" && chosen.length > 0 ? planLocalFiles(sources, file, chosen) : [];
  noteHandMade(sources, needs.handMade, (host) => identifierOf(host, chosen));
  const repository = githubRepository(sources);
  const owner = repository?.split("/")[0] ?? null;
  const withServer = new Set(
    chosen.filter(({ registry }) => isBefore(needs, registry.host)).map(({ identifier }) => identifier),
  );
  const left = nextSteps({ chosen, withServer, repository, local, envFile: envFileOf(file) });
  const report: Draft = {
    isRemoval: false,
    file,
    isNew,
    plan,
    registries: needs.registries,
    chosen,
    difference: differenceOf(isNew ? "" : text, plan.text),
    otherFiles: files.map(({ path }) => path),
    notes: [...target.notes, ...sources.notes, ...notesOfUnchosen(needs, decision, owner), ...plan.notes],
    left,
  };
  const outcome = await apply(context, flags, target, plan.text, files, report, asker);
  const shown = asker === null ? null : report;
  if (!flags.setSecrets || outcome === "would-change")
    return finish(context, flags, { ...report, outcome, secretsSet: [] }, shown);
  const set = await runGh(context, { chosen, withServer, repository }, asker);
  return finish(
    context,
    flags,
    {
      ...report,
      outcome,
      secretsSet: set.names,
      notes: [...report.notes, ...set.problems],
    },
    shown,
  );
}

async function look(
  { send }: Context,
  { check }: InitFlags,
  sources: Sources,
  file: string,
  { value }: Document,
): Promise<{ readonly needs: Needs; readonly checked: ReadonlySet<string> }> {
  const needs = lookAt(sources, file, value);
  if (!check) return { needs, checked: new Set() };
  const answers = await checkPrivacy(needs.registries, send);
  const registries = needs.registries.map((each) => {
    const privacy = answers.get(each.host) ?? each.privacy;
    return { ...each, privacy, isNeededBefore: each.isNeededBefore && privacy !== "public" };
  });
  const checked = [...answers].flatMap(([host, privacy]) => (privacy === "private" ? [host] : []));
  return { needs: { ...needs, registries }, checked: new Set(checked) };
}

function identifierOf(host: string, chosen: readonly Chosen[]): string {
  const known = chosen.find(({ registry }) => registry.host === host);
  if (known !== undefined) return known.identifier;
  try {
    return proposeIdentifier(parseRegistry(host), new Set(chosen.map(({ identifier }) => identifier)));
  } catch {
    return chosen[0]?.identifier ?? "REGISTRY";
  }
}

function isBefore({ registries }: Needs, host: string): boolean {
  return registries.some(
    (each) => each.host === host && each.uses.some(({ phase, isOptional }) => phase === "before" && !isOptional),
  );
}

async function remove(context: Context, flags: InitFlags, target: Target, asker: Asker | null): Promise<Result> {
  const { folder, file, text } = target;
  const document = parseDocument(text, file);
  const sources = openSources(folder, context.env);
  context.secrets.add(inlineSecrets(document.value, lookAt(openSources(folder, context.env), file, document.value)));
  const removal = planRemoval(document, file);
  const files = planLocalRemoval(sources, file);
  const report: Draft = {
    isRemoval: true,
    file,
    isNew: false,
    plan: null,
    registries: [],
    chosen: [],
    difference: differenceOf(text, removal.text),
    otherFiles: files.map(({ path }) => path),
    notes: [...target.notes, ...removal.notes],
    left: [],
  };
  const outcome = await apply(context, flags, target, removal.text, files, report, asker);
  return finish(context, flags, { ...report, outcome, secretsSet: [] }, asker === null ? null : report);
}

async function runGh(
  { env, machine }: Context,
  input: { chosen: readonly Chosen[]; withServer: ReadonlySet<string>; repository: string | null },
  asker: Asker | null,
): Promise<SecretsSet> {
  const level = (await asker?.level(input.repository)) ?? "repository";
  const value = async (name: string): Promise<string> => (await asker?.secret(name)) ?? "";
  const names = input.chosen.map(({ identifier }) => secretName(identifier, "PASSWORD")).join(", ");
  if (asker !== null && !(await asker.confirm(`Set ${names} and the others with gh secret set now?`))) {
    return { names: [], problems: [] };
  }
  return await setSecrets({ ...input, level, env, platform: machine?.platform ?? "linux", value });
}

/** @param shown what a person has seen already, before the changes were made */
function finish({ terminal }: Context, { json, dryRun }: InitFlags, report: InitReport, shown: Draft | null): Result {
  const isUnconfirmed = report.outcome === "would-change" && !dryRun;
  const all = isUnconfirmed ? [...report.notes, explain("not-confirmed")] : report.notes;
  const isKnown = shown !== null && report.outcome !== "unchanged";
  const notes = isKnown ? all.filter((note) => !shown.notes.includes(note)) : all;
  const complete: InitReport = isKnown
    ? { ...report, registries: [], chosen: [], difference: [], notes }
    : { ...report, notes };
  return { stdout: json ? initJson(complete) : initText(complete, terminal), exitCode: isUnconfirmed ? 1 : 0 };
}
