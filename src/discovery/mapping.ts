import { type Code, explain } from "../findings/finding.ts";
import { type Declared, hostOf, readDeclared } from "./dev-container.ts";
import type { DevContainerFile } from "./dev-container-files.ts";
import type { InputNote, InputOrigins } from "./inputs.ts";
import type { RawOptions } from "./options.ts";

/** The options that the configurations of a folder give to a run on a host. */
export interface Mapping {
  readonly options: RawOptions;
  readonly notes: readonly InputNote[];
  readonly origins: InputOrigins["servers"];
}

/**
 * Puts together what the configurations of a folder say. Where two contradict each other about a server, nobody can tell
 * which one is meant, and a password must not go to the wrong one.
 */
export function mapFrom(files: readonly DevContainerFile[]): Mapping {
  const declared = files.map(readDeclared);
  const notes = declared.flatMap(({ problems }) => problems.map(noteOf));
  const found = new Map<string, { file: string; server: string }>();
  const contradictory = new Set<string>();
  for (const { file, servers } of declared) {
    for (const [identifier, server] of servers) {
      const first = found.get(identifier);
      if (first === undefined) found.set(identifier, { file, server });
      else if (hostOf(first.server) !== hostOf(server) && !contradictory.has(identifier)) {
        contradictory.add(identifier);
        const [host, other] = [hostOf(first.server), hostOf(server)];
        notes.push(
          noteOf(explain("devcontainer-contradiction", { file: first.file, identifier, host, second: file, other })),
        );
      }
    }
  }
  const mapped = [...found].filter(([identifier]) => !contradictory.has(identifier));
  const registries = mapped.map(([identifier, { server }]) => `${identifier}=${asEntry(server)}`).join(", ");
  const options = { ...(registries === "" ? {} : { registries }), ...mergeOptions(declared) };
  return { options, notes, origins: new Map(mapped.map(([identifier, { file }]) => [identifier, file])) };
}

/** A path may hold what ends an entry of the option, and only the host matters then. */
function asEntry(server: string): string {
  return /[,\s]/.test(server.trim()) ? hostOf(server) : server.trim();
}

/** That a file is somebody else's need not be fixed: it may be about nothing of this user's. */
const NOTES: ReadonlySet<Code> = new Set(["devcontainer-of-another"]);

function noteOf(finding: InputNote["finding"]): InputNote {
  return { finding, step: "options", isWrong: !NOTES.has(finding.code) };
}

/** What one configuration needs is allowed for all: which one is started is not known. */
function mergeOptions(declared: readonly Declared[]): RawOptions {
  const all = declared.flatMap(({ options }) => options ?? []);
  const identifiers = all.map((each) => each.identifiers ?? "");
  const isLimited = identifiers.length > 0 && !identifiers.includes("");
  const modes = all.map((each) => each.githubToken ?? "auto");
  const githubToken = ["gh", "always", "auto", "never"].find((mode) => modes.includes(mode));
  return {
    ...(isLimited ? { identifiers: identifiers.join(", ") } : {}),
    ...(githubToken === undefined ? {} : { githubToken }),
  };
}
