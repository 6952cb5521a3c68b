import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Asker } from "./asker.ts";
import { parseDocument } from "./document.ts";
import type { InitFlags } from "./flags.ts";
import { findCandidates, NEW_FILE, readConfiguration } from "./place.ts";

/** The configuration that a run is about. */
export interface Target {
  readonly folder: string;
  readonly file: string;
  readonly isNew: boolean;
  readonly text: string;
  readonly notes: readonly Explanation[];
}

/**
 * Finds the configuration, or decides on a new one.
 * @throws UserError where there is none, or more than one and nobody who chooses
 */
export async function findTarget({ place, image, remove: removes }: InitFlags, asker: Asker | null): Promise<Target> {
  const { folder, files, notes } = findCandidates(place);
  const [first, second] = files;
  if (first === undefined) {
    const named = image ?? (removes ? null : ((await asker?.image()) ?? null));
    if (named === null) throw new UserError(explain("no-configuration", { folder: place.folder ?? "this folder" }));
    const text = `${JSON.stringify({ image: named }, null, 2)}\n`;
    return { folder, file: NEW_FILE, isNew: true, text, notes };
  }
  if (second !== undefined && asker === null) {
    throw new UserError(explain("needs-config", { files: files.join(", "), first }));
  }
  const file = second === undefined ? first : ((await asker?.chooseFile(files)) ?? first);
  const text = readConfiguration(folder, file);
  // The line that made it may be run again.
  if (image !== null && parseDocument(text, file).value.image !== image) {
    throw new UserError(explain("image-with-configuration", { file }));
  }
  return { folder, file, isNew: false, text, notes };
}
