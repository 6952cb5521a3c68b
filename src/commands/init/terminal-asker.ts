import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseImage } from "../../registries/image.ts";
import type { Asker } from "./asker.ts";
import { confirm, isCancel, multiselect, password, select, text } from "./prompts.ts";

/**
 * Asks the person at the terminal.
 * @param show prints a text
 */
export function askAtTerminal(show: (text: string) => void): Asker {
  return {
    show,
    chooseFile: async (files) =>
      orCancel(
        await select({ message: "Which configuration?", options: files.map((value) => ({ value, label: value })) }),
      ),
    image: async () =>
      orCancel(
        await text({
          message: "Which image does the dev container start from?",
          validate: (value) => imageProblem(value ?? ""),
        }),
      ),
    chooseRegistries: async (registries, proposed) => {
      if (registries.length === 0) return [];
      const options = registries.map(({ host, privacy, isNeededBefore }) => ({
        value: host,
        label: host,
        hint: `${privacy === "private" ? "private" : "may be private"}${isNeededBefore ? ", needed before the container exists" : ""}`,
      }));
      const initialValues = [...proposed];
      return orCancel(
        await multiselect({
          message: "Which of these registries need a login?",
          options,
          initialValues,
          required: false,
        }),
      );
    },
    identifier: async (host, proposal) => {
      const validate = (value: string | undefined): string | undefined =>
        /^[A-Za-z0-9_]+$/.test(value ?? "") ? undefined : "letters, digits and underscores";
      const message = `Identifier for ${host}: its secrets are named after it`;
      return orCancel(await text({ message, initialValue: proposal, validate })).toUpperCase();
    },
    localWay: async () =>
      orCancel(
        await select({
          message: "How do the values come into the container on a developer's machine?",
          options: [
            { value: "none", label: "not by this file", hint: "Codespaces, devcontainer up --secrets-file" },
            {
              value: "remote-env",
              label: "from variables of the machine",
              hint: "remoteEnv; not together with Codespaces",
            },
            {
              value: "env-file",
              label: "from a file that git ignores",
              hint: "runArgs --env-file; each machine needs the file",
            },
          ],
        }),
      ),
    confirm: async (message) => orCancel(await confirm({ message })),
    level: async (repository) =>
      orCancel(
        await select({
          message: "For whom are the secrets of Codespaces?",
          options: [
            { value: "repository", label: `for this repository${repository === null ? "" : ` (${repository})`}` },
            { value: "user", label: "for you alone" },
            { value: "organization", label: "for the organization" },
          ],
        }),
      ),
    secret: async (name) => orCancel(await password({ message: `${name} (empty: skip)` })) ?? "",
  };
}

function orCancel<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw new UserError(explain("not-confirmed"));
  return answer as Exclude<Value, symbol>;
}

function imageProblem(image: string): string | undefined {
  try {
    parseImage(image);
    return undefined;
  } catch (error) {
    return error instanceof UserError ? error.message : undefined;
  }
}
