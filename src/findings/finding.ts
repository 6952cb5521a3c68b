import { clients } from "./clients.ts";
import { exchange } from "./exchange.ts";
import { image } from "./image.ts";
import { network } from "./network.ts";
import { options } from "./options.ts";
import { registry } from "./registry.ts";
import { secrets } from "./secrets.ts";
import { server } from "./server.ts";

/**
 * Every finding that there is, by topic, in the order in which a person would look for a cause. The words here are the
 * only ones: what a command prints, what its JSON holds, and the page "Troubleshooting" all come from them.
 */
export const CATALOGUE = { secrets, options, server, network, registry, exchange, image, clients };

type Topics = typeof CATALOGUE;
type Entries = { [topic in keyof Topics]: Topics[topic] }[keyof Topics];
type KeysOf<Union> = Union extends unknown ? keyof Union : never;

/** The stable name of a finding; programs may rely on it. */
export type Code = KeysOf<Entries>;

type Template<C extends Code> = Extract<Entries, Record<C, unknown>>[C];
/** The names between angle brackets; those in capitals are part of the text (`<ID>_CONTAINER_REGISTRY_USER`). */
type Names<Text> = Text extends `${string}<${infer Name}>${infer Rest}`
  ? (Name extends Lowercase<Name> ? Name : never) | Names<Rest>
  : never;
type NamesOf<C extends Code> = Names<Template<C> extends { message: infer M; hint: infer H } ? M | H : never>;
type Values<C extends Code> = [NamesOf<C>] extends [never]
  ? []
  : [values: Readonly<Record<NamesOf<C>, string | number>>];

/** What is wrong, in words: the finding's code, its cause, and one thing to do. */
export interface Explanation {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
}

const templates: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = Object.assign(
  {},
  ...Object.values(CATALOGUE),
);

/**
 * The words of a finding.
 * @param values what stands for the names between angle brackets; never a secret
 */
export function explain<C extends Code>(code: C, ...[values]: Values<C>): Explanation {
  const given: Readonly<Record<string, string | number>> = values ?? {};
  const fill = (text: string): string => text.replace(/<([a-z]+)>/g, (name, key) => String(given[key] ?? name));
  const { message = "", hint = "" } = templates[code] ?? {};
  return { code, message: fill(message), hint: fill(hint) };
}

/** Is this text, of a file that an earlier version may have written, the name of a finding? */
export function isCode(text: unknown): text is Code {
  return typeof text === "string" && Object.hasOwn(templates, text);
}
