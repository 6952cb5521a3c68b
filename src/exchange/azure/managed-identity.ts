import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import type { Answer } from "../../network/http.ts";
import { isInternalAddress } from "../../registries/address.ts";
import { objectOf, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { askMetadata, type MetadataAsk, parseAddress } from "../metadata.ts";
import type { Source } from "../sources.ts";
import { askArc, isArcMachine } from "./arc.ts";
import type { AzureWay } from "./sources.ts";

const LIMIT_MS = 3000;
const PROBE_LIMIT_MS = 1000;

/**
 * The identity that Azure gives to a machine, an app or a container. What there is is told by variables first: the address
 * of the metadata service, at last, is also that of other clouds.
 * Source: @azure/msal-node 7.2.3, `ManagedIdentityClient`
 */
export function findManaged(way: AzureWay): Source<string> {
  return { name: "managed identity", find: () => find(way) };
}

type Result = { readonly found: string } | string;

async function find(way: AzureWay): Promise<Result> {
  const { env } = way.world;
  const { IDENTITY_ENDPOINT: endpoint = "", IDENTITY_HEADER: header = "", MSI_ENDPOINT: msi = "" } = env;
  const clientId = env.AZURE_CLIENT_ID ?? "";
  if (env.IDENTITY_SERVER_THUMBPRINT) return cause("service-fabric");
  if (endpoint !== "" && header !== "") {
    const query = { "api-version": "2019-08-01", resource: way.audience, ...(clientId && { client_id: clientId }) };
    return await askService(way, "IDENTITY_ENDPOINT", { query, headers: { "x-identity-header": header } });
  }
  if (msi !== "" && env.MSI_SECRET) {
    const id = clientId || env.DEFAULT_IDENTITY_CLIENT_ID || "";
    const query = { "api-version": "2017-09-01", resource: way.audience, ...(id && { clientid: id }) };
    return await askService(way, "MSI_ENDPOINT", { query, headers: { metadata: "true", secret: env.MSI_SECRET } });
  }
  if (msi !== "") {
    const headers = { metadata: "true", "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ resource: way.audience }).toString();
    return await askService(way, "MSI_ENDPOINT", { query: {}, method: "POST", headers, body });
  }
  if (isArcMachine(env)) return await askArc(way);
  return await askMachine(way, clientId);
}

/** A service whose address, and often a secret for it, a variable names. */
async function askService(
  way: AzureWay,
  variable: string,
  { query, ...ask }: Omit<MetadataAsk, "limitMs"> & { readonly query: Readonly<Record<string, string>> },
): Promise<Result> {
  const url = parseAddress(way.world.env[variable] ?? "");
  const internal = url !== null && url.protocol === "http:" && isInternalAddress(url.hostname);
  // The secret must not go to an address that somebody else's file has put into the environment.
  if (!internal) throw new ExchangeError("failed", explain("azure-endpoint", { variable }));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await askMetadata(way.world, url, { ...ask, limitMs: LIMIT_MS, isEarly });
  if (typeof answer === "string") {
    throw new ExchangeError("unreachable", explain("azure-endpoint-silent", { variable, cause: answer }));
  }
  return readManaged(answer, `the service of ${variable}`, way);
}

/** The metadata service of a virtual machine, of Kubernetes nodes and of container instances. */
async function askMachine(way: AzureWay, clientId: string): Promise<Result> {
  const { env } = way.world;
  const base = env.AZURE_POD_IDENTITY_AUTHORITY_HOST || "http://169.254.169.254";
  const url = parseAddress(`${base.replace(/\/$/, "")}/metadata/identity/oauth2/token`);
  if (url === null) return cause("metadata-address", { variable: "AZURE_POD_IDENTITY_AUTHORITY_HOST" });
  if (!env.AZURE_POD_IDENTITY_AUTHORITY_HOST) {
    const absent = await probe(way, url);
    if (absent !== null) return absent;
  }
  const query = { "api-version": "2018-02-01", resource: way.audience, ...(clientId && { client_id: clientId }) };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const early = (answer: Answer): boolean => answer.status === 404 || answer.status === 410 || isEarly(answer);
  const answer = await askMetadata(way.world, url, {
    headers: { metadata: "true" },
    limitMs: LIMIT_MS,
    isEarly: early,
  });
  if (typeof answer === "string") return answer;
  if (isForeign(answer)) return cause("metadata-foreign", { cloud: "Azure" });
  return readManaged(answer, "Azure's metadata service", way);
}

/** Without the header that it requires, the service answers at once that it is there. */
async function probe({ world }: AzureWay, url: URL): Promise<string | null> {
  const answer = await askMetadata(world, url, { headers: { accept: "application/json" }, limitMs: PROBE_LIMIT_MS });
  if (typeof answer === "string") return answer;
  if (isForeign(answer)) return cause("metadata-foreign", { cloud: "Azure" });
  // Docker Desktop's own proxy answers for addresses that it cannot reach.
  return answer.status === 403 && /unreachable/.test(answer.body) ? cause("metadata-unreachable") : null;
}

/** The other clouds' services have the same address, and a proxy answers with a page. */
function isForeign({ headers }: Answer): boolean {
  const isOther = headers["metadata-flavor"] !== undefined || /^EC2ws/i.test(String(headers.server ?? ""));
  return isOther || /html/i.test(headers["content-type"] ?? "");
}

function isEarly({ status }: Answer): boolean {
  return status === 429 || status >= 500;
}

/** What a service of the machine answers, as a token or the reason that there is none. */
export function readManaged({ status, body }: Answer, where: string, { audience, world }: AzureWay): Result {
  const answer = objectOf(body);
  const token = textOf(answer.access_token);
  if (status === 200 && token !== "") return { found: token };
  if (status === 200) throw new ExchangeError("failed", explain("identity-no-token", { where }));
  const text = `${textOf(answer.error)} ${textOf(answer.error_description)} ${body}`;
  if (/multiple user assigned/i.test(text)) throw new ExchangeError("failed", explain("azure-managed-several"));
  if (/invalid_resource|AADSTS500011/.test(text)) {
    throw new ExchangeError("refused", explain("azure-audience", { where, audience }));
  }
  const client = world.env.AZURE_CLIENT_ID ?? "";
  if (/identity not found|no (?:user assigned|managed) (?:or delegated )?(?:managed )?identity/i.test(text)) {
    if (client !== "") throw new ExchangeError("refused", explain("azure-managed-unknown", { client }));
    return cause("azure-identity-unassigned");
  }
  if (status === 401 || status === 403)
    throw new ExchangeError("refused", explain("azure-endpoint-refused", { where }));
  const isBusy = status === 429 || status >= 500;
  const code = isBusy ? "identity-busy" : "identity-unknown";
  throw new ExchangeError(isBusy ? "unreachable" : "failed", explain(code, { where, error: `status ${status}` }));
}
