/** A stage of a Dockerfile. */
export interface Stage {
  /** In lower case; null for a stage without a name. */
  readonly name: string | null;
  /** The image or stage that it starts from, as it is written. */
  readonly from: string;
  /** The images or stages that it copies or mounts from, as they are written. */
  readonly sources: readonly string[];
  /** The line of its FROM, from 1 on. */
  readonly line: number;
}

/** A Dockerfile, as far as it decides what is pulled. */
export interface Dockerfile {
  /** The image of the frontend that `# syntax=` names. */
  readonly syntax: string | null;
  /** The arguments before the first FROM, with their defaults as they are written. */
  readonly args: readonly (readonly [name: string, value: string | null])[];
  readonly stages: readonly Stage[];
  readonly escapeSign: "\\" | "`";
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

/**
 * Parses a Dockerfile: parser directives, line continuations with comments between them, and heredocs.
 * Source: https://docs.docker.com/reference/dockerfile/; moby/buildkit frontend/dockerfile/parser
 */
export function parseDockerfile(content: string): Dockerfile {
  const lines = content.replace(/^\uFEFF/, "").split(/\r?\n/);
  const directives = directivesOf(lines);
  const escapeSign = directives.get("escape") === "`" ? "`" : "\\";
  const args: [string, string | null][] = [];
  const stages: (Stage & { sources: string[] })[] = [];
  for (const { name, rest, line } of instructionsOf(lines, escapeSign)) {
    const current = stages.at(-1);
    if (name === "ARG" && current === undefined) args.push(...argumentsOf(rest, escapeSign));
    if (name === "FROM") stages.push({ ...stageOf(rest), line, sources: [] });
    if (name === "COPY" || name === "ADD") current?.sources.push(...flagValues(rest, "from"));
    if (name === "RUN") {
      const mounts = flagValues(rest, "mount").flatMap((mount) => mount.split(","));
      current?.sources.push(...mounts.filter((part) => part.startsWith("from=")).map((part) => part.slice(5)));
    }
  }
  return { syntax: directives.get("syntax") ?? null, args, stages, escapeSign };
}

/** Only comments at the very top are directives; the first line that is something else ends them. */
function directivesOf(lines: readonly string[]): Map<string, string> {
  const directives = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = /^\s*#\s*([A-Za-z][\w-]*)\s*=\s*(.+?)\s*$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (!/^(?:syntax|escape|check)$/.test(key) || directives.has(key)) break;
    directives.set(key, value);
  }
  return directives;
}

function instructionsOf(lines: readonly string[], escapeSign: string): Instruction[] {
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const start = at;
    const first = (lines[at] ?? "").trim();
    if (first === "" || first.startsWith("#")) continue;
    let text = "";
    for (; at < lines.length; at++) {
      const line = lines[at] ?? "";
      if (/^\s*#/.test(line) || (text !== "" && line.trim() === "")) continue;
      const [, continued] = new RegExp(`^(.*)${escapeSign === "`" ? "`" : "\\\\"}[ \\t]*$`).exec(line) ?? [];
      text += continued ?? line;
      if (continued === undefined) break;
    }
    const [, name = "", rest = ""] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(text) ?? [];
    instructions.push({ name: name.toUpperCase(), rest, line: start + 1 });
    if (/^(?:RUN|COPY|ADD)$/i.test(name)) at = afterHeredocs(lines, at, rest);
  }
  return instructions;
}

/** The last line of the heredocs that a line begins. */
function afterHeredocs(lines: readonly string[], at: number, rest: string): number {
  let last = at;
  for (const [, dash = "", , end = ""] of rest.matchAll(/(?<![<\w"'])<<(-?)(["']?)([A-Za-z_]\w*)\2/g)) {
    for (last++; last < lines.length; last++) {
      const line = lines[last] ?? "";
      if ((dash === "" ? line : line.replace(/^\t+/, "")) === end) break;
    }
  }
  return last;
}

function stageOf(rest: string): Pick<Stage, "from" | "name"> {
  const words = rest.split(/\s+/).filter((word) => word !== "" && !word.startsWith("--"));
  const [from = "", as = "", name] = words;
  return { from: unquote(from), name: as.toUpperCase() === "AS" && name !== undefined ? name.toLowerCase() : null };
}

/** `A=1 B="2 3" C`: names with their defaults. */
function argumentsOf(rest: string, escapeSign: string): [string, string | null][] {
  const words = rest.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => {
    const [name = "", value] = word.split(/=(.*)/s);
    return [name, value === undefined ? null : unquote(value, escapeSign)];
  });
}

/** A text in single quotes keeps its `$`. */
function unquote(text: string, escapeSign = "\\"): string {
  return text
    .replace(/'([^']*)'/g, (_, inside: string) => inside.replaceAll("$", `${escapeSign}$`))
    .replaceAll('"', "");
}

function flagValues(rest: string, flag: string): string[] {
  const flags = /^(?:\s*--\S+)*/.exec(rest)?.[0] ?? "";
  return [...flags.matchAll(new RegExp(`--${flag}=(\\S+)`, "g"))].map(([, value = ""]) => unquote(value));
}
