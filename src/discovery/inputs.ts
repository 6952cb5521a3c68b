import type { Explanation } from "../findings/finding.ts";

/** What is wrong with an input of a run on a host, which goes on without it; or what is unusual about the machine. */
export interface InputNote {
  readonly finding: Explanation;
  /** The step of the doctor that shows it. */
  readonly step: "secrets" | "options" | "store";
  /** Whether it has to be fixed: then a login with the option `strict` fails. */
  readonly isWrong: boolean;
  /** The variable that a registry may reject because of this. */
  readonly variable?: string;
}

/** Where values come from that are neither in the environment nor on the command line. */
export interface InputOrigins {
  /** The name of a variable, in upper case -> the file that set it, as it was named. */
  readonly variables: ReadonlyMap<string, string>;
  /** An identifier whose server a devcontainer.json says -> that file. */
  readonly servers: ReadonlyMap<string, string>;
}
