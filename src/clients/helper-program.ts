import { isAbsolute } from "node:path";
import { type Cause, cause } from "../findings/cause.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findLastingProgram } from "../platform/executable.ts";
import { readTextIfPossible } from "../platform/read-file.ts";
import { realPath } from "../platform/real-path.ts";
import { isOpenProgram } from "../platform/trust.ts";
import { IS_SINGLE_FILE } from "../version.ts";
import { HELPER } from "./credential-helper.ts";

/** Our launcher has 5 KB. */
const MAX_SCRIPT_BYTES = 64 * 1024;

/**
 * Our launcher, or a script that a person wrote to start the agent: both call its command `credential-helper`. On Windows,
 * npm makes a batch file that starts our package.
 */
const OUR_SCRIPT = /^(?:#!|@echo off\b).*(?:\bcredential-helper\b|@registry-login[\\/]cli\b)/is;

/**
 * Why clients with this PATH cannot query our credential helper; null where they can. Nothing is run.
 * @param client for the message
 */
export function explainHelperProgram(
  env: Environment,
  client: string,
  platform = process.platform,
): Explanation | null {
  // Of a run with npx, clients that are started later find nothing.
  const file = findLastingProgram(`docker-credential-${HELPER}`, env, platform);
  if (file === null) return explain("helper-missing", { client, helper: HELPER });
  const why = whyUnusable(file, platform);
  return why === null ? null : explain("helper-other", { client, helper: HELPER, file, cause: cause(why) });
}

function whyUnusable(file: string, platform: NodeJS.Platform): Extract<Cause, `helper-${string}`> | null {
  // Go's programs stop at the first one, even if a later one has an absolute path (os/exec, ErrDot).
  if (!isAbsolute(file)) return "helper-relative";
  if (isOpenProgram(file, platform)) return "helper-open";
  if (isThisProgram(file)) return null;
  return OUR_SCRIPT.test(readTextIfPossible(file, MAX_SCRIPT_BYTES) ?? "") ? null : "helper-different";
}

/** The program in one file is the credential helper too, under that name. */
function isThisProgram(file: string): boolean {
  return IS_SINGLE_FILE && realPath(file) === realPath(process.execPath);
}
