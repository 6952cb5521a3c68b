import { type Explanation, explain } from "../../findings/finding.ts";
import { isRecord } from "../../platform/jsonc.ts";
import { arrayAt, objectAt, type Property, type Span } from "../../platform/jsonc-objects.ts";
import { isOurFeature } from "../../repository/features.ts";
import { type Document, propertyOf } from "./document.ts";
import { cutOut, removeEntries } from "./edit/remove.ts";
import { CHAINED_LITERAL, runsOurProgram, SLASH, WHOLE_LITERAL } from "./hook-line.ts";
import { envFileArgument } from "./local-files.ts";
import { isOurDeclaration } from "./secret-texts.ts";

/** What a devcontainer.json is without registry-login. */
export interface Removal {
  readonly text: string;
  /** What is about registry-login, and was written by somebody else. */
  readonly notes: readonly Explanation[];
}

/** What is done about a property of the root. */
type Cut =
  | { readonly kind: "keep" }
  | { readonly kind: "remove" }
  | { readonly kind: "change"; readonly spans: readonly Span[]; readonly text?: string };

const KEEP: Cut = { kind: "keep" };

/**
 * Takes out what `init` puts in. Where nobody changed that since, the file is as it was before, to the byte
 * (docs/decisions/017-devcontainer-edits.md).
 */
export function planRemoval(document: Document, file: string): Removal {
  const content = document.text.replace(/^\uFEFF/, " ");
  const notes: Explanation[] = [];
  const cuts = new Map<Property, Cut>();
  const decide = (key: string, cut: (property: Property) => Cut): void => {
    const property = propertyOf(document.root, key);
    if (property !== undefined) cuts.set(property, cut(property));
  };
  const entriesOf = (key: string, isOurs: (name: string, value: unknown) => boolean) =>
    decide(key, (property) => cutEntries(content, property, document.value[key], isOurs));
  entriesOf("features", isOurFeature);
  entriesOf("secrets", (name, value) => isOurDeclaration(name, isRecord(value) ? value.documentationUrl : null));
  entriesOf("remoteEnv", (name, value) => /_CONTAINER_REGISTRY_/.test(name) && value === `\${localEnv:${name}}`);
  decide("runArgs", (property) => cutRunArgs(content, property, document.value.runArgs, envFileArgument(file)));
  decide("initializeCommand", (property) => {
    const command = document.value.initializeCommand;
    const cut = cutHook(content, property, command);
    const isLeft = cut.kind === "keep" && isOursAnywhere(command);
    if (isLeft) notes.push(explain("left-in-place", { file, where: "initializeCommand" }));
    return cut;
  });
  const changes = [...cuts].flatMap(([property, cut]) => (cut.kind === "change" ? [{ property, cut }] : []));
  const root = removeEntries(content, document.root, (item) => cuts.get(item)?.kind === "remove");
  const spans = [...root.spans, ...changes.flatMap(({ cut }) => cut.spans)];
  // At most one: the empty string or array that the line replaced.
  const replaced = changes.find(({ cut }) => cut.text !== undefined);
  if (replaced === undefined) return { text: cutOut(document.text, spans), notes };
  const { from, to } = replaced.property.value;
  const tail = cutOut(document.text.slice(to), shift(spans, to, document.text.length));
  const head = cutOut(document.text.slice(0, from), shift(spans, 0, from));
  return { text: head + (replaced.cut.text ?? "") + tail, notes };
}

function shift(spans: readonly Span[], start: number, end: number): Span[] {
  return spans
    .filter(({ from, to }) => from >= start && to <= end)
    .map(({ from, to }) => ({ from: from - start, to: to - start }));
}

function isOursAnywhere(command: unknown): boolean {
  return isRecord(command) ? Object.values(command).some(runsOurProgram) : runsOurProgram(command);
}

function cutEntries(
  content: string,
  { value: { from } }: Property,
  value: unknown,
  isOurs: (name: string, value: unknown) => boolean,
): Cut {
  if (!isRecord(value)) return KEEP;
  const target = objectAt(content, from);
  const rest = removeEntries(content, target, ({ key }) => isOurs(key, value[key]));
  if (rest.isEmptied && !rest.wasThere) return { kind: "remove" };
  return rest.spans.length === 0 ? KEEP : { kind: "change", spans: rest.spans };
}

function cutRunArgs(content: string, { value: { from } }: Property, value: unknown, argument: string): Cut {
  if (!Array.isArray(value)) return KEEP;
  const target = arrayAt(content, from);
  const words = argument.split("=").map((word) => JSON.stringify(word));
  const [first, second] = target.items;
  if (value[0] === "--env-file" && first !== undefined && second !== undefined) {
    const span = { from: first.from, to: second.to };
    const isOurs = target.items.length === 2 && content.slice(span.from, span.to) === words.join(", ");
    if (isOurs) return { kind: "change", spans: [span] };
  }
  const rest = removeEntries(content, target, (item) => content.slice(item.from, item.to) === JSON.stringify(argument));
  if (rest.isEmptied) return { kind: "remove" };
  return rest.spans.length === 0 ? KEEP : { kind: "change", spans: rest.spans };
}

function cutHook(content: string, property: Property, command: unknown): Cut {
  const { from, to } = property.value;
  const literal = content.slice(from, to);
  if (typeof command === "string") return cutLiteral(literal, from);
  if (!isRecord(command)) return KEEP;
  const target = objectAt(content, from);
  const isOurs = (item: Property): boolean => WHOLE_LITERAL.test(content.slice(item.value.from, item.value.to));
  const [first, second, ...more] = target.items;
  if (first !== undefined && second !== undefined && more.length === 0) {
    const isWrapped = isOurs(first) && second.key === "project" && Array.isArray(command.project);
    if (isWrapped) {
      return {
        kind: "change",
        spans: [
          { from, to: second.value.from },
          { from: second.value.to, to },
        ],
      };
    }
  }
  const rest = removeEntries(content, target, isOurs);
  if (rest.isEmptied && !rest.wasThere) return { kind: "remove" };
  return rest.spans.length === 0 ? KEEP : { kind: "change", spans: rest.spans };
}

function cutLiteral(literal: string, from: number): Cut {
  const [, chained] = CHAINED_LITERAL.exec(literal) ?? [];
  if (chained !== undefined) return { kind: "change", spans: [{ from: from + 1, to: from + 1 + chained.length }] };
  const [, line, spaces = ""] = WHOLE_LITERAL.exec(literal) ?? [];
  if (line === undefined) return KEEP;
  if (line.includes(SLASH.wasArray)) return { kind: "change", spans: [], text: "[]" };
  if (line.includes(SLASH.wasEmpty)) return { kind: "change", spans: [], text: '""' };
  return spaces === ""
    ? { kind: "remove" }
    : { kind: "change", spans: [{ from: from + 1, to: from + 1 + line.length }] };
}
