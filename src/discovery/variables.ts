import { explain } from "../findings/finding.ts";
import { type Environment, SECRET_NAME } from "../platform/environment.ts";
import { parseEnvFile } from "./env-file.ts";
import { readInputFile } from "./input-file.ts";
import type { InputNote, InputOrigins } from "./inputs.ts";
import { secretsIn } from "./known-secrets.ts";
import { parseSecretsFile } from "./secrets-file.ts";

/** The files with variables that a command line names, each kind in its order. */
export interface VariableFiles {
  readonly envFiles: readonly string[];
  readonly secretsFiles: readonly string[];
}

/** The environment with the variables of files. */
export interface Variables {
  readonly env: Environment;
  readonly notes: readonly InputNote[];
  readonly origins: InputOrigins["variables"];
}

/**
 * Adds the variables of files to an environment. A file that is named later wins, a secrets file over an env file, and any
 * file over the environment: who names a file means it.
 * @throws UserError for a file that cannot be read
 */
export function addVariables(env: Environment, files: VariableFiles, platform: NodeJS.Platform): Variables {
  const notes: InputNote[] = [];
  const origins = new Map<string, string>();
  let merged = env;
  const add = (file: string, isOpen: boolean, found: Environment): void => {
    const used = Object.entries(found).filter(([variable]) => {
      if (!STEERING.test(variable)) return true;
      const isObeyed = variable === "NODE_OPTIONS" && files.envFiles.includes(file);
      const finding = explain(isObeyed ? "env-file-node-options" : "input-variable-ignored", { file, variable });
      notes.push({ finding, step: "secrets", isWrong: isObeyed });
      return false;
    });
    const variables = Object.fromEntries(used);
    if (isOpen && secretsIn(variables).length > 0) {
      notes.push({ finding: explain("input-file-open", { file }), step: "secrets", isWrong: false });
    }
    merged = override(merged, variables);
    for (const [name] of used) origins.set(name.toUpperCase(), file);
  };
  for (const file of files.envFiles) {
    const { text, isOpen } = readInputFile(file, "env-file", platform);
    const { variables, cut } = parseEnvFile(text, file);
    add(file, isOpen, variables);
    for (const { variable, line } of cut.filter(({ variable }) => isUsed(variable))) {
      const finding = explain("env-file-hash", { file, line, variable });
      notes.push({ finding, step: "secrets", isWrong: false, variable: variable.toUpperCase() });
    }
  }
  for (const file of files.secretsFiles) {
    const { text, isOpen } = readInputFile(file, "secrets-file", platform);
    add(file, isOpen, parseSecretsFile(text, file));
  }
  return { env: merged, notes, origins };
}

/**
 * Variables that choose which programs run, or what is loaded into them, also into those that a login starts (helpers of
 * other stores, gh, sudo). A repository brings its own .env file: it may bring values, and no programs. A list of all names
 * that are harmless would be safer, and would hide misspelled variables and those of a credential helper that is not known
 * here.
 */
const STEERING =
  /^(?:PATH|PATHEXT|HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|COMSPEC|SYSTEMROOT|WINDIR|SHELL|BASH_ENV|BASH_FUNC_.*|IFS|LD_.+|DYLD_.+|NODE_(?:OPTIONS|PATH|DEBUG|CHANNEL_FD|TLS_REJECT_UNAUTHORIZED)|OPENSSL_.+|PYTHON.*|PERL5?(?:LIB|OPT|DB)|RUBY(?:LIB|OPT)|CLOUDSDK_PYTHON.*|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|AZURE_(?:CONFIG|EXTENSION)_DIR|GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES|PASSWORD_STORE_.+|GNUPGHOME|GH_PATH|SUDO_.+)$/i;

/** Does the agent use a variable of this name? A .env file often has many of other programs. */
function isUsed(variable: string): boolean {
  return SECRET_NAME.test(variable) || secretsIn({ [variable]: "x" }).length > 0;
}

/** The names of the convention are not case-sensitive: one spelling must not leave the old value under the other. */
function override(env: Environment, variables: Environment): Environment {
  const names = new Set(Object.keys(variables).map((name) => name.toUpperCase()));
  const others = Object.entries(env).filter(([name]) => !(SECRET_NAME.test(name) && names.has(name.toUpperCase())));
  return { ...Object.fromEntries(others), ...variables };
}
