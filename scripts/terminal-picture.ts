/** The size of a character of the picture, in its own units. */
const [WIDTH, HEIGHT] = [7.85, 18];
const MARGIN = 16;
const BAR = 30;

/** An escape sequence of a color. */
const COLOR = new RegExp(`${String.fromCharCode(27)}\\[([0-9;]*)m`);

/** Colors of the program's output, by the codes of the terminal. */
const CLASSES: Readonly<Record<string, string>> = { 1: "b", 2: "d", 31: "r", 32: "g", 33: "y" };

/**
 * Draws a terminal: the command after a prompt, and what it printed. One picture serves light and dark pages.
 * @param text with the escape sequences of colors
 * @returns an SVG, the same for the same text
 */
export function terminalPicture(command: string, text: string, columns: number): string {
  const lines = [
    `\u001b[2m$\u001b[22m ${command}`,
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => cut(line, columns)),
  ];
  const width = Math.ceil(columns * WIDTH + 2 * MARGIN);
  const height = BAR + lines.length * HEIGHT + MARGIN;
  const rows = lines.map(
    (line, index) => `<text x="${MARGIN}" y="${BAR + (index + 1) * HEIGHT}">${spansOf(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(command)}">
<style>
svg { --back: #ffffff; --line: #d0d7de; --text: #1f2328; --dim: #656d76; --green: #116329; --red: #a40e26; --yellow: #7d4e00; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --line: #30363d; --text: #e6edf3; --dim: #8d96a0; --green: #56d364; --red: #ff7b72; --yellow: #e3b341; }
}
rect { fill: var(--back); stroke: var(--line); }
circle { fill: var(--line); }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--text); white-space: pre; }
.b { font-weight: bold; } .d { fill: var(--dim); } .g { fill: var(--green); } .r { fill: var(--red); } .y { fill: var(--yellow); }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<circle cx="18" cy="16" r="5"/><circle cx="36" cy="16" r="5"/><circle cx="54" cy="16" r="5"/>
${rows.join("\n")}
</svg>
`;
}

/** A line that the terminal would wrap ends with a sign instead. */
function cut(line: string, columns: number): string {
  let room = columns;
  return line
    .split(COLOR)
    .map((part, index) => {
      if (index % 2 === 1) return `\u001b[${part}m`;
      if (room <= 0) return "";
      const shown = part.length > room ? `${part.slice(0, room - 1)}…` : part;
      room -= part.length;
      return shown;
    })
    .join("");
}

/** Each run of characters of one look. */
function spansOf(line: string): string {
  const classes = new Set<string>();
  const parts = line.split(COLOR);
  return parts
    .map((part, index) => {
      if (index % 2 === 0) {
        const text = escapeText(part);
        return classes.size === 0 || text === "" ? text : `<tspan class="${[...classes].join(" ")}">${text}</tspan>`;
      }
      for (const code of part.split(";")) applyCode(code, classes);
      return "";
    })
    .join("");
}

/** Source: ECMA-48, SGR */
function applyCode(code: string, classes: Set<string>): void {
  const name = CLASSES[code];
  if (name !== undefined) classes.add(name);
  else if (code === "22") for (const each of ["b", "d"]) classes.delete(each);
  else if (code === "39") for (const each of ["r", "g", "y"]) classes.delete(each);
  else classes.clear();
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
