import { isRecord } from "../../platform/jsonc.ts";
import type { Needs } from "../../repository/look.ts";
import { isSecretName } from "../../repository/secret-values.ts";

/** Secrets that somebody wrote into a configuration: they are never shown, also not in a difference. */
export function inlineSecrets(config: unknown, { handMade }: Needs): string[] {
  const inCommands = handMade.flatMap(({ call }) => passwordsOf(call.command.words));
  return [...valuesOf(config), ...inCommands, ...pipedInto(config)];
}

function valuesOf(value: unknown, name = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, name));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, each]) => valuesOf(each, key));
  const isSecret = typeof value === "string" && isSecretName(name) && !value.includes("${") && value.length > 3;
  return isSecret ? [value] : [];
}

function passwordsOf(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [, attached] = /^(?:--password|-p)=?(.+)$/.exec(word) ?? [];
    const value = /^(?:-p|--password)$/.test(word)
      ? words[index + 1]
      : word.startsWith("--password-stdin")
        ? undefined
        : attached;
    return value === undefined || value.startsWith("$") ? [] : [value];
  });
}

/** `echo SECRET | docker login --password-stdin`, in any command. */
function pipedInto(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(pipedInto);
  if (isRecord(value)) return Object.values(value).flatMap(pipedInto);
  if (typeof value !== "string" || !value.includes("--password-stdin")) return [];
  const piped = value.matchAll(/\b(?:echo|printf)\s+(?:-\w+\s+|["']?%s["']?\s+)*["']?([^\s|"'$]{4,})["']?\s*\|/g);
  return [...piped].map(([, secret = ""]) => secret);
}
