import { join } from "node:path";
import { AGENT_OPTIONS, FEATURE_OPTIONS, type Option } from "../src/discovery/options.ts";
import { run } from "../test/support/shell.ts";
import { ROOT } from "./project.ts";

const BEGIN = "# options: made by npm run docs";
const END = "# end of options";

/**
 * Puts the table of options into devcontainer-feature.json.
 * @param text the file
 * @returns the file as the project's formatter writes it
 */
export async function withFeatureOptions(text: string): Promise<string> {
  const options = Object.fromEntries(
    Object.entries(FEATURE_OPTIONS).map(([name, option]) => [name, featureOption(option)]),
  );
  const feature = JSON.stringify({ ...(JSON.parse(text) as object), options }, null, 2);
  const biome = join(ROOT, "node_modules/.bin/biome");
  const name = "devcontainer-feature.json";
  const { stdout } = await run(biome, ["format", `--stdin-file-path=${name}`], { cwd: ROOT, input: feature });
  return stdout;
}

/**
 * An option as the Dev Container specification has it.
 * Source: https://containers.dev/implementors/features/#options-property
 */
function featureOption({ kind, default: text, summary, details, proposals }: Option): object {
  const description = `${summary}. ${details}`;
  if (kind.name === "boolean") return { type: "boolean", default: text === "true", description };
  if (kind.name === "choice") return { type: "string", enum: kind.choices, default: text, description };
  return { type: "string", ...(proposals === undefined ? {} : { proposals }), default: text, description };
}

/**
 * Puts a line for each option that the agent reads into the marked part of install.sh.
 * @param script the file
 * @throws Error when the marks are missing
 * Source: https://containers.dev/implementors/features/#option-resolution (the names of the variables)
 */
export function withInstallerOptions(script: string): string {
  const [begin, end] = [script.indexOf(`${BEGIN}\n`), script.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`install.sh lacks the lines "${BEGIN}" and "${END}"`);
  const lines = AGENT_OPTIONS.map(([name, option]) => {
    const variable = `${name.toUpperCase()}:-${option.default}`;
    return `  write_option ${name} "\${${variable}}" '${option.default}'\n`;
  });
  return `${script.slice(0, begin)}${BEGIN}\nwrite_options() {\n${lines.join("")}}\n${script.slice(end)}`;
}
