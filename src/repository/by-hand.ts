import { explain } from "../findings/finding.ts";
import { parseRegistry } from "../registries/registry.ts";
import type { FoundCall } from "./commands.ts";
import type { Sources } from "./sources.ts";

/** Logins in lifecycle commands that people wrote by hand. They are named, and stay. */
export interface HandMade {
  readonly call: FoundCall;
  /** The lifecycle command, such as `initializeCommand`. */
  readonly command: string;
}

/**
 * Notes each login that is made by hand, and what replaces it.
 * @param identifierOf the identifier of a host, chosen or proposed
 */
export function noteHandMade(
  sources: Sources,
  found: readonly HandMade[],
  identifierOf: (host: string) => string,
): void {
  for (const { call, command } of found) {
    const { file, isInScript, line, program } = call;
    const where = isInScript ? `line ${line}` : command;
    const hosts = call.hosts.length === 0 ? [""] : call.hosts;
    for (const written of hosts) {
      const host =
        /[$`{}]/.test(written) || written === "" ? `${program}: a host that is not known here` : canonical(written);
      const prefix = `${identifierOf(canonical(written))}_CONTAINER_REGISTRY`;
      const names = { file, where, host, secret: `${prefix}_PASSWORD` };
      if (call.by === "azure") sources.note(explain("by-hand-azure", names));
      else if (call.by === "google") sources.note(explain("by-hand-google", names));
      else if (call.by === "aws") sources.note(explain("by-hand-aws", { ...names, user: `${prefix}_USER` }));
      else notePassword(sources, call, command, names);
    }
  }
}

function notePassword(
  sources: Sources,
  { command: { variables } }: FoundCall,
  command: string,
  names: { readonly file: string; readonly where: string; readonly host: string; readonly secret: string },
): void {
  const variable = variables.find((name) => /TOKEN|PASS|SECRET|KEY|PAT/i.test(name)) ?? variables[0];
  sources.note(explain("by-hand-login", { ...names, variable: variable ?? "a password of its own" }));
  if (variable !== undefined && command === "initializeCommand") {
    sources.note(explain("by-hand-required", { file: names.file, variable, secret: names.secret }));
  }
}

function canonical(host: string): string {
  try {
    return parseRegistry(host).host;
  } catch {
    return host;
  }
}
