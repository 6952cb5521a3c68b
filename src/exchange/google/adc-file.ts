import { join } from "node:path";
import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { type Environment, homeFolder, variable } from "../../platform/environment.ts";
import type { World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { readText } from "../read-text.ts";
import type { Source } from "../sources.ts";
import type { AccessToken } from "./access-token.ts";
import { parseKeyFile } from "./key-file.ts";
import { tokenOfFile } from "./token-of-file.ts";

const VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";

/** The file that a variable names. Google's library also knows its name in lower case. */
export function findInVariable(world: World, universe: string): Source<AccessToken> {
  return {
    name: VARIABLE,
    find: async () => {
      const file = world.env[VARIABLE] || world.env[VARIABLE.toLowerCase()] || "";
      if (file === "") return cause("source-unset");
      const content = readText(file);
      // Who names a file does not mean a different identity.
      if ("problem" in content) {
        throw new ExchangeError("failed", explain("google-file-unreadable", { file, cause: content.problem }));
      }
      return { found: await tokenOfFile(parseKeyFile(content.text, file), { world, file, universe }) };
    },
  };
}

/** The file that `gcloud auth application-default login` writes. */
export function findInGcloud(world: World, universe: string): Source<AccessToken> {
  return {
    name: "gcloud",
    find: async () => {
      const file = gcloudFile(world.env);
      const content = readText(file);
      if ("problem" in content) return `${file}: ${content.problem}`;
      return { found: await tokenOfFile(parseKeyFile(content.text, file), { world, file, universe }) };
    },
  };
}

/** Source: google-auth-library, `_tryGetApplicationCredentialsFromWellKnownFile` */
function gcloudFile(env: Environment): string {
  const folder =
    env.CLOUDSDK_CONFIG ||
    (process.platform === "win32"
      ? join(variable(env, "APPDATA") ?? "", "gcloud")
      : join(homeFolder(env), ".config", "gcloud"));
  return join(folder, "application_default_credentials.json");
}
