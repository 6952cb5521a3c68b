import { clients } from "./clients.ts";
import { engine } from "./engine.ts";
import { exchange } from "./exchange.ts";
import { exports } from "./exports.ts";
import { files } from "./files.ts";
import { identity } from "./identity.ts";
import { image } from "./image.ts";
import { inputs } from "./inputs.ts";
import { network } from "./network.ts";
import { options } from "./options.ts";
import { registry } from "./registry.ts";
import { secrets } from "./secrets.ts";
import { server } from "./server.ts";
import { stores } from "./stores.ts";
import { fill, type Names, type Values } from "./template.ts";

/**
 * Every finding, by topic, in the order in which a person would look for a cause. Commands, their JSON and the page
 * "Troubleshooting" take their explanations from here.
 */
export const CATALOGUE = {
  secrets,
  options,
  inputs,
  server,
  network,
  registry,
  exchange,
  identity,
  image,
  engine,
  stores,
  clients,
  exports,
  files,
};

type Topics = typeof CATALOGUE;
type Entries = { [topic in keyof Topics]: Topics[topic] }[keyof Topics];
type KeysOf<Union> = Union extends unknown ? keyof Union : never;

/** The stable name of a finding; programs may rely on it. */
export type Code = KeysOf<Entries>;

type Template<C extends Code> = Extract<Entries, Record<C, unknown>>[C];
type NamesOf<C extends Code> = Names<Template<C> extends { message: infer M; hint: infer H } ? M | H : never>;
type MessageNamesOf<C extends Code> = Names<Template<C> extends { message: infer M } ? M : never>;

/** A finding with its values filled in: its code, what happened, and one thing to do about it. */
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
 * A finding's texts.
 * @param values what replaces the names between angle brackets; never a secret
 */
export function explain<C extends Code>(code: C, ...[values]: Values<NamesOf<C>>): Explanation {
  const { message = "", hint = "" } = templates[code] ?? {};
  return { code, message: fill(message, values), hint: fill(hint, values) };
}

/** A finding's message alone, where it is not known yet whose secrets the hint is about. */
export function messageOf<C extends Code>(code: C, ...[values]: Values<MessageNamesOf<C>>): string {
  return fill(templates[code]?.message ?? "", values);
}

/** Is this text the code of a finding? State files may have been written by a different version. */
export function isCode(text: unknown): text is Code {
  return typeof text === "string" && Object.hasOwn(templates, text);
}

/** A message and what to do about it, on one line. */
export function sentence({ message, hint }: Pick<Explanation, "message" | "hint">): string {
  return hint === "" ? message : `${message}; ${hint}`;
}
