import * as z from "zod/mini";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { oneOf } from "../terminal/one-of.ts";

/** What an option can be: which texts are valid, and the value that each of them stands for. */
export interface Kind<Value> {
  readonly name: "boolean" | "choice" | "seconds" | "text";
  /** Stands for the value in help texts; null where the command line has `--NAME` and `--no-NAME` instead of a value. */
  readonly placeholder: string | null;
  /** Every valid text, where they are few; otherwise empty. */
  readonly choices: readonly string[];
  /**
   * The check of a text that comes from outside. Its message completes "the option NAME ..." and never holds the text.
   * A function, because most starts of the credential helper read no option, and a schema takes its time to be built.
   */
  readonly schema: () => z.ZodMiniType<string>;
  /**
   * @param text one that `schema` accepts
   * @throws UserError for what only reading it shows
   */
  readonly read: (text: string) => Value;
}

/** On or off. */
export const boolean: Kind<boolean> = {
  name: "boolean",
  placeholder: null,
  choices: ["true", "false"],
  schema: () => z.enum(["true", "false"], { error: "must be true or false" }),
  read: (text) => text === "true",
};

/** One of a few words. */
export function choice<const Choice extends string>(...choices: readonly Choice[]): Kind<Choice> {
  return {
    name: "choice",
    placeholder: `<${choices.join("|")}>`,
    choices,
    schema: () => z.enum(choices, { error: `must be ${oneOf(choices)}` }),
    // Only what the schema accepted comes here.
    read: (text) => text as Choice,
  };
}

/** Whole seconds from 1 to 600, read as milliseconds. */
export const seconds: Kind<number> = {
  name: "seconds",
  placeholder: "<seconds>",
  choices: [],
  schema: () =>
    z
      .string()
      .check(z.regex(/^(?:[1-9][0-9]?|[1-5][0-9]{2}|600)$/, { error: "must be a number of seconds from 1 to 600" })),
  read: (text) => Number(text) * 1000,
};

/** `ID, ID`: identifiers, read in upper case. */
export const identifierList: Kind<ReadonlySet<string>> = {
  name: "text",
  placeholder: "<list>",
  choices: [],
  schema: () =>
    z
      .string()
      .check(z.regex(/^\s*(?:[A-Za-z0-9_]+\s*(?:,\s*|$))*$/, { error: "must be a list of identifiers: ID, ID" })),
  read: (text) => new Set(text.toUpperCase().match(/[A-Z0-9_]+/g) ?? []),
};

/** `ID=host, ID=host`: SERVER texts by identifier, in upper case. */
export const serverMapping: Kind<ReadonlyMap<string, string>> = {
  name: "text",
  placeholder: "<list>",
  choices: [],
  schema: () => z.string(),
  read: readMapping,
};

/** Any text. */
export const text: Kind<string> = {
  name: "text",
  placeholder: "<text>",
  choices: [],
  schema: () => z.string(),
  read: (written) => written,
};

/** @throws UserError for an entry that is not ID=host, or an identifier with two entries */
function readMapping(written: string): Map<string, string> {
  const mapping = new Map<string, string>();
  for (const [index, entry] of written.split(",").entries()) {
    if (entry.trim() === "") continue;
    const [, name, server] = /^\s*([A-Za-z0-9_]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
    if (name === undefined || server === undefined) {
      throw new UserError(explain("registries-form", { number: index + 1 }));
    }
    const identifier = name.toUpperCase();
    if (mapping.has(identifier)) throw new UserError(explain("registries-twice", { identifier }));
    mapping.set(identifier, server);
  }
  return mapping;
}
