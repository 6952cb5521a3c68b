import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { isRecord } from "../../platform/jsonc.ts";
import { type Bracketed, objectAt, type Property } from "../../platform/jsonc-objects.ts";
import { isOurFeature } from "../../repository/features.ts";
import type { Needs } from "../../repository/look.ts";
import type { Sources } from "../../repository/sources.ts";
import type { LocalWay } from "./asker.ts";
import { addMissing, type Change, NO_CHANGE } from "./change.ts";
import type { Chosen } from "./choose.ts";
import { type Document, lineOf, propertyOf } from "./document.ts";
import { applyInsertions, insertEntries } from "./edit/insert.ts";
import { type HookPlan, planHook } from "./hook.ts";
import { envFileOf } from "./local-files.ts";
import { planLocal } from "./plan-local.ts";
import { declareSecret, type SecretPart, secretName } from "./secret-texts.ts";

/** The id of our Feature as `init` writes it. */
export const FEATURE = "ghcr.io/registry-login/features/registry-login:1";

/** What happens to a devcontainer.json. */
export interface Plan {
  /** The new text; the old one where nothing changes. */
  readonly text: string;
  readonly feature: "add-object" | "add-key" | "add-registries" | "present" | "tell";
  readonly hook: HookPlan;
  /** The secrets that are declared anew. */
  readonly secrets: readonly string[];
  readonly notes: readonly Explanation[];
}

/** What a plan is made from. */
export interface PlanInput {
  readonly file: string;
  readonly document: Document;
  readonly needs: Needs;
  readonly chosen: readonly Chosen[];
  /** The identifiers whose server the file maps already. */
  readonly mapped: ReadonlySet<string>;
  readonly sources: Sources;
  /** How the values come into the container on a developer's machine. */
  readonly local: LocalWay;
}

/**
 * Decides what is put into a devcontainer.json: the Feature with its registries, the declarations of its secrets, and the
 * login before the container exists.
 * @throws UserError where the file cannot be edited without a doubt
 */
export function planEdits(input: PlanInput): Plan {
  const { document, needs, chosen, file, sources } = input;
  const content = document.text.replace(/^\uFEFF/, " ");
  checkForm(input, content);
  const isBefore = (host: string): boolean => needs.registries.some((each) => each.host === host && isRequired(each));
  const found = needs.envFiles.filter(({ hasSecrets }) => hasSecrets).map(({ path }) => path);
  const envFiles = [...new Set([...found, ...(input.local === "env-file" ? [envFileOf(file)] : [])])];
  const hook = planHook(
    { file, document, hook: needs.hook, envFiles, sources },
    chosen.some(({ registry }) => isBefore(registry.host)),
  );
  const feature = planFeature(input, content);
  const secrets = planSecrets(input, content, isBefore);
  const local = planLocal(input, content);
  const parts = [hook, feature, secrets, local];
  const entries = parts.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const insertions = [
    ...parts.flatMap((part) => part.insertions),
    ...(entries.length === 0 ? [] : insertEntries(content, document.root, entries, document.layout)),
  ];
  return {
    text: applyInsertions(document.text, insertions),
    feature: feature.action,
    hook,
    secrets: secrets.names,
    notes: [...feature.notes, ...hook.notes, ...local.notes, ...duplicates(input)],
  };
}

/** Is a registry needed before the container exists, for sure or maybe? A login for it was chosen. */
function isRequired({ uses }: Needs["registries"][number]): boolean {
  return uses.some(({ phase, isOptional }) => phase === "before" && !isOptional);
}

const OURS = ["features", "secrets", "initializeCommand", "remoteEnv", "runArgs"] as const;

/** @throws UserError for a key of ours that is there twice, or whose value is not an object */
function checkForm({ document, file }: PlanInput, content: string): void {
  for (const key of OURS) checkOnce(document.root, key, content, file);
  for (const key of ["features", "secrets", "remoteEnv"]) {
    const property = propertyOf(document.root, key);
    if (property === undefined) continue;
    const line = lineOf(content, property.from);
    if (!isRecord(document.value[key]))
      throw new UserError(explain("wrong-type", { file, line, key, expected: "an object" }));
    if (key === "features") checkFeatures(objectAt(content, property.value.from), content, file);
  }
}

function checkOnce(target: Bracketed<Property>, key: string, content: string, file: string): void {
  const [first, second] = target.items.filter((item) => item.key === key);
  if (first === undefined || second === undefined) return;
  const lines = { first: lineOf(content, first.from), second: lineOf(content, second.from) };
  throw new UserError(explain("duplicate-key", { file, key, ...lines }));
}

function checkFeatures(features: Bracketed<Property>, content: string, file: string): void {
  const [first, second] = features.items.filter(({ key }) => isOurFeature(key));
  if (first === undefined || second === undefined) return;
  const lines = { first: lineOf(content, first.from), second: lineOf(content, second.from) };
  throw new UserError(explain("duplicate-key", { file, key: second.key, ...lines }));
}

/** Keys that are there twice in any object, and that are none of our business, are only named. */
function duplicates({ document, file }: PlanInput): Explanation[] {
  const content = document.text.replace(/^\uFEFF/, " ");
  const found: Explanation[] = [];
  const open: Bracketed<Property>[] = [document.root];
  for (const target of open) {
    const seen = new Map<string, Property>();
    for (const item of target.items) {
      const first = seen.get(item.key);
      seen.set(item.key, item);
      if (content[item.value.from] === "{") open.push(objectAt(content, item.value.from));
      if (first === undefined) continue;
      const lines = { first: lineOf(content, first.from), second: lineOf(content, item.from) };
      found.push(explain("duplicate-elsewhere", { file, key: item.key, ...lines }));
    }
  }
  return found;
}

interface FeatureChange extends Change {
  readonly action: Plan["feature"];
  readonly notes: readonly Explanation[];
}

function planFeature({ document, chosen, mapped, file }: PlanInput, content: string): FeatureChange {
  const missing = chosen.filter(({ identifier }) => !mapped.has(identifier));
  const { root, layout, value } = document;
  const mapping = (each: readonly Chosen[]): string =>
    each.map(({ identifier, registry }) => `${identifier}=${registry.host}`).join(", ");
  const options = missing.length === 0 ? {} : { registries: mapping(missing) };
  const features = propertyOf(root, "features");
  const base = { ...NO_CHANGE, notes: [] };
  if (features === undefined) {
    return { ...base, action: "add-object", entry: { key: "features", value: { [FEATURE]: options } } };
  }
  const target = objectAt(content, features.value.from);
  const ours = target.items.find(({ key }) => isOurFeature(key));
  if (ours === undefined) {
    return {
      ...base,
      action: "add-key",
      insertions: insertEntries(content, target, [{ key: FEATURE, value: options }], layout),
    };
  }
  const written = isRecord(value.features) ? value.features[ours.key] : undefined;
  const registries = isRecord(written) ? written.registries : undefined;
  if (missing.length === 0) return { ...base, action: "present" };
  if (!isRecord(written)) {
    const suggestion = JSON.stringify({ [ours.key]: { registries: mapping(missing) } }).slice(1, -1);
    return { ...base, action: "tell", notes: [explain("feature-form", { file, feature: ours.key, suggestion })] };
  }
  const inner = objectAt(content, ours.value.from);
  const property = inner.items.find(({ key }) => key === "registries");
  if (property === undefined || typeof registries !== "string") {
    const entries = [{ key: "registries", value: mapping(missing) }];
    return { ...base, action: "add-registries", insertions: insertEntries(content, inner, entries, layout) };
  }
  const text = `${registries.trim() === "" ? "" : ", "}${mapping(missing)}`;
  return { ...base, action: "add-registries", insertions: [{ at: property.value.to - 1, text }] };
}

/**
 * User and password are secrets; the server is one as well where Codespaces pulls before the container exists: it reads
 * nothing but secrets. Source: https://docs.github.com/codespaces, "Allowing your codespace to access a private registry"
 */
function planSecrets(
  { document, chosen }: PlanInput,
  content: string,
  isBefore: (host: string) => boolean,
): Change & { readonly names: readonly string[] } {
  const declared = chosen.flatMap(({ identifier, registry }) => {
    const parts: SecretPart[] = [...(isBefore(registry.host) ? (["SERVER"] as const) : []), "USER", "PASSWORD"];
    return parts.map((part) => ({ key: secretName(identifier, part), value: declareSecret(part, registry) }));
  });
  const { entry, insertions, added } = addMissing(document, content, "secrets", declared);
  return { entry, insertions, names: added.map(({ key }) => key) };
}
