/** A fenced block of code; `language` is empty where the fence names none. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^( *)```(\w*)\n(.*?)^ *```$/gms;

/** The fenced blocks of a document, without the indentation of the list that they are part of. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(FENCE)].map(([, indent = "", language = "", text = ""]) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** The targets of all links and images, except those in code. */
export function linkTargets(markdown: string): string[] {
  const prose = markdown.replaceAll(FENCE, "").replaceAll(/`[^`\n]*`(?!\])/g, "");
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
}

/**
 * The anchors of a document's headings, as GitHub makes them.
 * Source: https://docs.github.com/get-started/writing-on-github (section links)
 */
export function anchors(markdown: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of markdown.replaceAll(FENCE, "").matchAll(/^#{1,6} +(.+)$/gm)) {
    const name = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = name;
    for (let count = 1; found.has(anchor); count++) anchor = `${name}-${count}`;
    found.add(anchor);
  }
  return found;
}

/**
 * The command lines of a program that a document names, without the program's name: in its text, in the blocks of a shell,
 * and behind a prompt in the blocks that show output.
 */
export function commandLines(markdown: string, program: string): string[] {
  const lines = codeBlocks(markdown).flatMap(({ language, text }) =>
    text.split("\n").flatMap((line) => {
      if (line.startsWith("$ ")) return line.slice(2);
      return language === "sh" ? line : [];
    }),
  );
  const spans = [...markdown.replaceAll(FENCE, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return [...lines, ...spans].flatMap((text) =>
    text.startsWith(`${program} `) ? [text.slice(program.length + 1).replace(/ *[>#|].*$/, "")] : [],
  );
}
