import { CATALOGUE } from "../src/findings/finding.ts";

const BEGIN = "<!-- findings: made by npm run docs -->";
const END = "<!-- end of findings -->";

const TITLES: Readonly<Record<keyof typeof CATALOGUE, string>> = {
  secrets: "The secrets",
  options: "Options and the command line",
  inputs: "Files and programs outside of the container",
  server: "The server",
  network: "The network",
  registry: "The registry",
  exchange: "Clouds: from a secret to a login",
  identity: "Identities without a key",
  image: "An image",
  engine: "The container engine",
  stores: "Credential stores of the machine",
  clients: "The clients",
  exports: "Exports and clusters",
  files: "Files and folders",
  repository: "A repository that init sets up",
};

/** Puts every finding into the page, in the words in which the commands tell it. */
export function withTroubleshooting(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the page lacks the lines ${BEGIN} and ${END}`);
  const topics = Object.entries(TITLES).map(([topic, title]) =>
    section(title, CATALOGUE[topic as keyof typeof TITLES]),
  );
  return `${page.slice(0, begin + BEGIN.length)}\n\n${topics.join("\n")}\n${page.slice(end)}`;
}

/** A page with an entry for each finding, whose anchor is its code. */
export function codesPage(): string {
  const topics = Object.entries(TITLES).map(([topic, title]) => {
    const findings = Object.entries(CATALOGUE[topic as keyof typeof TITLES]);
    const entries = findings.map(([code, { message, hint }]) => entry(code, message, hint));
    return `## ${title}\n\n${entries.join("\n")}`;
  });
  return `${CODES_HEAD}\n${topics.join("\n")}`;
}

const CODES_HEAD = `# Codes

<!-- made by npm run docs -->

Every problem that registry-login reports has a code in square brackets, and an entry here. The address of an entry ends with
its code, like \`#credential-refused\`. A code never changes its meaning. Words like \\<host> stand for what the message names.

To find the cause of a failing pull, run the [doctor](troubleshooting.md).
`;

function entry(code: string, message: string, hint: string): string {
  return `### \`${code}\`\n\n${escapeCell(message)}\n\n**What to do:** ${escapeCell(hint)}\n`;
}

function section(title: string, findings: Readonly<Record<string, { message: string; hint: string }>>): string {
  const rows = Object.entries(findings).map(
    ([code, { message, hint }]) => `| \`${code}\` | ${escapeCell(message)} | ${escapeCell(hint)} |\n`,
  );
  return [`### ${title}\n\n`, "| code | what is wrong | what to do |\n|---|---|---|\n", ...rows].join("");
}

function escapeCell(text: string): string {
  return text.replace(/[|<*]/g, "\\$&");
}
