import { dirname } from "node:path";
import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { type Environment, variable } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { runProgram } from "../../platform/run-program.ts";
import { objectOf, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import type { Source } from "../sources.ts";
import type { AzureWay } from "./sources.ts";

/**
 * The account that `az login` signed in, on a developer's machine or by an action of a job.
 * Source: @azure/identity 4.14.1, `AzureCliCredential`
 */
export function findInCli({ world, audience }: AzureWay): Source<string> {
  return {
    name: "az",
    find: async () => {
      const { env, remaining } = world;
      const program = findAbsoluteProgram("az", env);
      if (program === null) return cause("program-missing");
      const tenant = env.AZURE_TENANT_ID ?? "";
      const args = ["account", "get-access-token", "--output", "json", "--resource", audience];
      const forTenant = /^[0-9A-Za-z.-]+$/.test(tenant) ? ["--tenant", tenant] : [];
      // In the workspace, a module that is called like one of az's own would be loaded instead.
      const settings = { env, limitMs: remaining(), folder: SAFE_FOLDER };
      const finished = await runProgram(...commandOf(program, [...args, ...forTenant], env), settings);
      const { status, stdout, stderr, error } = finished;
      if (/az login(?! --scope)/.test(stderr) && !/AADSTS/.test(stderr)) return cause("az-signed-out");
      const token = textOf(objectOf(stdout).accessToken);
      if (status === 0 && token !== "") return { found: token };
      throw explainFailure(error || cause("program-exit", { status: status ?? "" }), stderr, { tenant, audience });
    },
  };
}

const SAFE_FOLDER = process.platform === "win32" ? dirname(process.execPath) : "/";

/** On Windows az is a batch file, which only its shell runs. */
function commandOf(program: string, args: string[], env: Environment): [file: string, args: string[]] {
  if (!/\.(?:cmd|bat)$/i.test(program)) return [program, args];
  return [variable(env, "ComSpec") ?? "cmd.exe", ["/d", "/c", program, ...args]];
}

/** What az prints is searched, and not shown: it may name accounts. */
function explainFailure(
  error: string,
  stderr: string,
  { tenant, audience }: { tenant: string; audience: string },
): ExchangeError {
  const code = /AADSTS[0-9]{4,8}\b/.exec(stderr)?.[0] ?? "";
  if (code === "AADSTS500011")
    return new ExchangeError("refused", explain("azure-audience", { where: "az", audience }));
  if (/AADSTS(?:50173|700082|70043|50078|50079|50076|65001)\b/.test(stderr)) {
    return new ExchangeError("refused", explain("azure-cli-expired", { error: code }));
  }
  if (/AADSTS(?:90002|50020|900023)\b/.test(stderr) && tenant !== "") {
    return new ExchangeError("refused", explain("azure-tenant-unknown", { tenant }));
  }
  return new ExchangeError("failed", explain("azure-cli-failed", { error: code || error }));
}
