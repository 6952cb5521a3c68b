import { printable } from "../printable.ts";

/** The names between angle brackets in a text: `"<host> answered <status>"` has `host` and `status`. */
export type Names<Text> = Text extends `${string}<${infer Name}>${infer Rest}` ? Name | Names<Rest> : never;

/** A value for each name; an argument that is left out where there is no name. Never a secret. */
export type Values<Name extends string> = [Name] extends [never]
  ? []
  : [values: Readonly<Record<Name, string | number>>];

/** Puts the values into a text, as far as they are {@link printable}. A value is not searched for names. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/<([a-z]+)>/g, (placeholder, name) => printable(String(values[name] ?? placeholder)));
}
