import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { oneOf } from "../../terminal/one-of.ts";
import { FORMATS, type Format, isFormat } from "./formats.ts";
import type { StdoutReader } from "./stdout.ts";
import type { Watching } from "./watch.ts";

/** The command line of an export. */
export interface ExportFlags {
  /** The format, then hosts as a person writes them. */
  readonly operands: readonly string[];
  readonly all: boolean;
  /** A file, or `-` for the standard output, whatever reads it. */
  readonly output: string | null;
  readonly force: boolean;
  readonly base64: boolean;
  readonly name: string | null;
  readonly namespace: string | null;
  readonly serviceAccount: string | null;
  /** What reads the standard output. */
  readonly stdout: StdoutReader;
  /** How to keep the target up to date; null to write it once. */
  readonly watching: Watching | null;
}

/** Flags that only one format has. */
const OWN_FLAGS = [
  { flag: "--base64", format: "docker-auth-config", isSet: ({ base64 }: ExportFlags) => base64 },
  { flag: "--name", format: "kubernetes", isSet: ({ name }: ExportFlags) => name !== null },
  { flag: "--namespace", format: "kubernetes", isSet: ({ namespace }: ExportFlags) => namespace !== null },
  {
    flag: "--service-account",
    format: "kubernetes",
    isSet: ({ serviceAccount }: ExportFlags) => serviceAccount !== null,
  },
] as const;

/** What the API server accepts as a name. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The format of an export.
 * @throws UserError for flags that do not fit together; the message repeats nothing that was written
 */
export function checkFlags(flags: ExportFlags): Format {
  const { operands, all, output, force, name, namespace, serviceAccount, watching } = flags;
  const [format = "", ...hosts] = operands;
  if (!isFormat(format)) throw new UserError(explain("export-format", { formats: oneOf(FORMATS) }));
  const foreign = OWN_FLAGS.find((each) => each.isSet(flags) && each.format !== format);
  if (foreign !== undefined) throw usage(`${foreign.flag} is for the format ${foreign.format}`);
  if (all && hosts.length > 0) throw usage("--all and hosts exclude each other");
  const isFile = output !== null && output !== "-";
  if (force && !isFile) throw usage("--force needs --output with a file");
  if (watching !== null && !isFile && (output === "-" || format !== "kubernetes")) {
    throw usage("--watch needs --output with a file, or the format kubernetes, which it applies to the cluster");
  }
  const form = "lower-case letters, digits and inner hyphens";
  if (name !== null && !SUBDOMAIN.test(name)) throw usage(`--name needs ${form} or dots`);
  if (namespace !== null && !LABEL.test(namespace)) throw usage(`--namespace needs ${form}`);
  if (serviceAccount !== null && !SUBDOMAIN.test(serviceAccount))
    throw usage(`--service-account needs ${form} or dots`);
  return format;
}

function usage(problem: string): UserError {
  return new UserError(explain("usage", { problem }));
}
