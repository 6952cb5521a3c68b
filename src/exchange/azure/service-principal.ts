import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { callCloud, form, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { readText } from "../read-text.ts";
import type { Source } from "../sources.ts";
import { signedByCertificate } from "./certificate.ts";
import { explainSignIn } from "./errors.ts";
import type { AzureWay } from "./sources.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** An application whose secret or certificate the environment names. */
export function findInEnvironment(way: AzureWay): Source<string> {
  const { env } = way.world;
  return {
    name: "environment",
    find: async () => {
      const secret = env.AZURE_CLIENT_SECRET ?? "";
      const certificate = env.AZURE_CLIENT_CERTIFICATE_PATH ?? "";
      const missing = unset(way, ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"]);
      if (missing !== null) return missing;
      if (secret !== "") return { found: await signIn(way, () => ({ client_secret: secret })) };
      if (certificate === "") return cause("variable-unset", { variable: "AZURE_CLIENT_SECRET" });
      return {
        found: await signIn(way, (address, clientId) =>
          assertion(signedByCertificate(certificate, address, clientId, way.world)),
        ),
      };
    },
  };
}

/** An application that trusts the token in a file, as Kubernetes projects one; it is read each time, since it is replaced. */
export function findFederated(way: AzureWay): Source<string> {
  return {
    name: "workload identity",
    find: async () => {
      const missing = unset(way, ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID"]);
      if (missing !== null) return missing;
      const file = way.world.env.AZURE_FEDERATED_TOKEN_FILE ?? "";
      const content = readText(file);
      const problem =
        "problem" in content ? content.problem : content.text.trim() === "" ? cause("content-empty") : null;
      if (problem !== null || "problem" in content) {
        const variable = "AZURE_FEDERATED_TOKEN_FILE";
        throw new ExchangeError("failed", explain("azure-file-unreadable", { variable, file, cause: problem ?? "" }));
      }
      return { found: await signIn(way, () => assertion(content.text.trim())) };
    },
  };
}

function assertion(token: string): Record<string, string> {
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: token };
}

/** The first of these variables that is not set, as a cause; null where all are. */
function unset({ world: { env } }: AzureWay, names: readonly string[]): string | null {
  const variable = names.find((name) => (env[name] ?? "") === "");
  return variable === undefined ? null : cause("variable-unset", { variable });
}

/** Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function signIn(
  way: AzureWay,
  proof: (address: string, clientId: string) => Record<string, string>,
): Promise<string> {
  const { world, audience } = way;
  const { AZURE_TENANT_ID: tenant = "", AZURE_CLIENT_ID: clientId = "" } = world.env;
  if (!/^[0-9A-Za-z.-]+$/.test(tenant)) throw new ExchangeError("failed", explain("azure-tenant-form"));
  const host = authorityOf(way);
  const url = new URL(`https://${host}/${tenant}/oauth2/v2.0/token`);
  const fields = {
    grant_type: "client_credentials",
    client_id: clientId,
    scope: `${audience}/.default`,
    ...proof(url.href, clientId),
  };
  const reply = await callCloud(world, host, url, form(fields));
  const token = textOf(reply.json.access_token);
  if (reply.status !== 200) throw explainSignIn(reply, { where: host, tenant, clientId, audience });
  if (token === "") throw new ExchangeError("failed", explain("identity-no-token", { where: host }));
  return token;
}

/** A secret may only go to the sign-in service of the registry's own cloud. */
function authorityOf({ world: { env }, cloud }: AzureWay): string {
  const text = env.AZURE_AUTHORITY_HOST?.trim() ?? "";
  if (text === "") return cloud.authority;
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" && [cloud.authority, ...cloud.aliases].includes(url.host)) return url.host;
  const shown = url?.host ?? "an invalid address";
  throw new ExchangeError("failed", explain("azure-authority", { address: shown, expected: cloud.authority }));
}
