import type { Context, Result } from "../../context.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { parseOptions, type RawOptions, readOptions } from "../../discovery/options.ts";
import { planJson, planText } from "./report.ts";

/** What `login` would do, without network and without writing anything. */
export function plan(
  context: Pick<Context, "env" | "optionsFile" | "machine" | "codespacesFile" | "terminal">,
  flags: RawOptions,
  json: boolean,
): Result {
  const options = parseOptions(readOptions(context), flags);
  const discovery = discover(context.env, options, readCodespacesSecrets(context));
  const { machine, terminal } = context;
  return { stdout: json ? planJson(discovery, machine) : planText(discovery, machine, terminal), exitCode: 0 };
}
