import { type Explanation, explain } from "../../findings/finding.ts";
import { arrayAt } from "../../platform/jsonc-objects.ts";
import { addMissing, type Change, NO_CHANGE } from "./change.ts";
import { type Document, propertyOf } from "./document.ts";
import { insertEntries } from "./edit/insert.ts";
import { envFileArgument } from "./local-files.ts";
import type { PlanInput } from "./plan.ts";
import { secretName } from "./secret-texts.ts";

/** How the values come into the container on a developer's machine: by `remoteEnv`, or by an env file in `runArgs`. */
export function planLocal(
  input: Pick<PlanInput, "document" | "chosen" | "file" | "local">,
  content: string,
): Change & { readonly notes: readonly Explanation[] } {
  const { document, chosen, file, local } = input;
  if (local === "none" || chosen.length === 0) return { ...NO_CHANGE, notes: [] };
  if (local === "remote-env") {
    const variables = chosen.flatMap(({ identifier }) =>
      (["USER", "PASSWORD"] as const).map((part) => {
        const key = secretName(identifier, part);
        return { key, value: `\${localEnv:${key}}` };
      }),
    );
    const change = addMissing(document, content, "remoteEnv", variables);
    return { ...change, notes: [explain("remote-env-in-codespaces", { file })] };
  }
  const { service } = document.value;
  if (document.value.dockerComposeFile !== undefined) {
    return { ...NO_CHANGE, notes: [explain("compose-env-file", { file, service: String(service) })] };
  }
  return { ...planRunArgs(document, content, envFileArgument(file)), notes: [] };
}

function planRunArgs({ root, value, layout }: Document, content: string, argument: string): Change {
  const property = propertyOf(root, "runArgs");
  if (property === undefined) return { entry: { key: "runArgs", value: [argument] }, insertions: [] };
  if (!Array.isArray(value.runArgs) || value.runArgs.includes(argument) || isSplit(value.runArgs, argument))
    return NO_CHANGE;
  const target = arrayAt(content, property.value.from);
  if (target.items.length > 0) {
    return { entry: null, insertions: insertEntries(content, target, [{ key: null, value: argument }], layout) };
  }
  // In two words, so that it can be told later that the array was there.
  const words = argument.split("=").map((word) => JSON.stringify(word));
  return { entry: null, insertions: [{ at: target.from + 1, text: words.join(", ") }] };
}

function isSplit(runArgs: readonly unknown[], argument: string): boolean {
  return runArgs.some(
    (word, index) => word === "--env-file" && `--env-file=${String(runArgs[index + 1])}` === argument,
  );
}
