import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Context } from "../../context.ts";
import { explain } from "../../findings/finding.ts";
import { explainWriteError, UserError } from "../../findings/user-error.ts";
import { editSharedFile } from "../../platform/shared-file.ts";
import type { Asker } from "./asker.ts";
import type { InitFlags } from "./flags.ts";
import { type LocalFile, writeLocalFiles } from "./local-files.ts";
import { type InitReport, initText } from "./report.ts";
import type { Target } from "./target.ts";

/** A report before it is known what happened. */
export type Draft = Omit<InitReport, "outcome" | "secretsSet">;

/** Shows what would change, and changes it if that is confirmed. */
export async function apply(
  context: Context,
  flags: InitFlags,
  { folder, file, isNew, text }: Target,
  after: string,
  files: readonly LocalFile[],
  report: Draft,
  asker: Asker | null,
): Promise<InitReport["outcome"]> {
  if (!isNew && after === text && files.length === 0) return "unchanged";
  if (flags.dryRun) return "would-change";
  if (!flags.yes) {
    if (asker === null) return "would-change";
    asker.show(initText({ ...report, left: [], outcome: "would-change", secretsSet: [] }, context.terminal));
    if (!(await asker.confirm("Write these changes?"))) return "would-change";
  }
  if (isNew) writeNew(resolve(folder, file), after, file);
  else if (after !== text) {
    await editSharedFile(resolve(folder, file), (before) => {
      if (before !== text) throw new UserError(explain("changed-meanwhile", { file }));
      return { text: after, holdsSecret: false };
    });
  }
  writeLocalFiles(folder, files);
  return "changed";
}

/** With the usual mode of a repository's files: it holds no secret. */
function writeNew(path: string, text: string, file: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    throw explainWriteError(error, file, "check the owner and mode of its folder");
  }
}
