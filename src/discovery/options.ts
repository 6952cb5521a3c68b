import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { GithubTokenMode } from "./github.ts";

export type Storage = "memory" | "disk" | "plaintext";

/** The options of the Feature. `timeout` is in milliseconds per registry. */
export interface Options {
  readonly registries: ReadonlyMap<string, string>;
  readonly storage: Storage;
  readonly verify: boolean;
  readonly strict: boolean;
  readonly timeout: number;
  /** Only these identifiers are used; empty: all. */
  readonly identifiers: ReadonlySet<string>;
  readonly githubToken: GithubTokenMode;
  /** Log npm in to GitHub's npm registry with the GitHub token. */
  readonly npm: boolean;
  /** Log root in as well, where sudo needs no password. */
  readonly root: boolean;
}

/** Option texts as install.sh or the command line hands them over. */
export type RawOptions = Readonly<Partial<Record<keyof Options, string>>>;

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

const boolean = z.optional(z.enum(["true", "false"], { error: "is neither true nor false" }));

const schema = z.lazy(() =>
  z.object({
    identifiers: z.optional(
      z
        .string()
        .check(z.regex(/^\s*(?:[A-Za-z0-9_]+\s*(?:,\s*|$))*$/, { error: "is not a list of identifiers: ID, ID" })),
    ),
    githubToken: z.optional(z.enum(["auto", "always", "never"], { error: "is not one of auto, always, never" })),
    npm: boolean,
    root: boolean,
    registries: z.optional(z.string()),
    storage: z.optional(z.enum(["memory", "disk", "plaintext"], { error: "is not one of memory, disk, plaintext" })),
    verify: boolean,
    strict: boolean,
    timeout: z.optional(
      z
        .string()
        .check(
          z.regex(/^(?:[1-9]|[1-9][0-9]|[1-5][0-9]{2}|600)$/, { error: "is not a number of seconds from 1 to 600" }),
        ),
    ),
  }),
);

/** Where install.sh leaves the Feature's options: a line `name=value` for each that is not the default. */
export const OPTIONS_FILE = "/usr/local/share/registry-login/options";

/**
 * Reads the options file; without one every option has its default.
 * @param file absolute path
 */
export function readOptionsFile(file: string): RawOptions {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  const pairs = text.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at === -1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1)]];
  });
  return Object.fromEntries(pairs);
}

/**
 * Parses options; flags override the file, empty values count as unset.
 * @throws UserError that names the option and what it may be, but never repeats its value: people put secrets anywhere.
 */
export function parseOptions(file: RawOptions, flags: RawOptions): Options {
  const raw = { ...withoutEmpty(file), ...withoutEmpty(flags) };
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? "");
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UserError(explain("option-invalid", { name, problem: issue?.message ?? "is not valid", flag }));
  }
  const { registries, storage, verify, strict, timeout, identifiers, githubToken, npm, root } = parsed.data;
  return {
    registries: parseMapping(registries ?? ""),
    storage: storage ?? "memory",
    verify: BOOLEANS[verify ?? "true"] ?? true,
    strict: BOOLEANS[strict ?? "false"] ?? false,
    timeout: Number(timeout ?? "10") * 1000,
    identifiers: new Set(identifiers?.toUpperCase().match(/[A-Z0-9_]+/g) ?? []),
    githubToken: githubToken ?? "auto",
    npm: BOOLEANS[npm ?? "false"] ?? false,
    root: BOOLEANS[root ?? "false"] ?? false,
  };
}

/**
 * Parses `ID=host, ID=host` into identifier (upper-case) -> SERVER text.
 * @throws UserError for an entry that is not of that form, or an identifier that stands there twice.
 */
function parseMapping(text: string): Map<string, string> {
  const mapping = new Map<string, string>();
  for (const [index, entry] of text.split(",").entries()) {
    if (entry.trim() === "") continue;
    const [, name, server] = /^\s*([A-Za-z0-9_]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
    if (name === undefined || server === undefined) {
      throw new UserError(explain("registries-form", { number: index + 1 }));
    }
    const identifier = name.toUpperCase();
    if (mapping.has(identifier)) {
      throw new UserError(explain("registries-twice", { identifier }));
    }
    mapping.set(identifier, server);
  }
  return mapping;
}

function withoutEmpty(raw: RawOptions): RawOptions {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value.trim() !== ""));
}
