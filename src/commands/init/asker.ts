import type { UsedRegistry } from "../../repository/uses.ts";
import type { SecretLevel } from "./set-secrets.ts";

/** How the values come to a developer's machine. */
export type LocalWay = "none" | "remote-env" | "env-file";

/**
 * What only a person knows. Each function throws a UserError where the person cancels.
 * A run without a terminal has none, and uses what the command line says.
 */
export interface Asker {
  /** Shows a text that contains no secret. */
  show(text: string): void;
  chooseFile(files: readonly string[]): Promise<string>;
  image(): Promise<string>;
  /** @param proposed those that are chosen if the person only confirms */
  chooseRegistries(registries: readonly UsedRegistry[], proposed: ReadonlySet<string>): Promise<readonly string[]>;
  identifier(host: string, proposal: string): Promise<string>;
  localWay(): Promise<LocalWay>;
  confirm(question: string): Promise<boolean>;
  level(repository: string | null): Promise<SecretLevel>;
  /** Without showing it while it is typed; empty to skip it. */
  secret(name: string): Promise<string>;
}
