import { explain } from "../../findings/finding.ts";
import type { World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import type { Source } from "../sources.ts";
import { findInCli } from "./cli.ts";
import type { AzureCloud } from "./cloud.ts";
import { findManaged } from "./managed-identity.ts";
import { findFederated, findInEnvironment } from "./service-principal.ts";

/** What each source needs: whose sign-in service, and for what the token is. */
export interface AzureWay {
  readonly world: World;
  readonly cloud: AzureCloud;
  readonly audience: string;
}

const DEPLOYED = {
  environmentcredential: findInEnvironment,
  workloadidentitycredential: findFederated,
  managedidentitycredential: findManaged,
};
const DEVELOPERS = { azureclicredential: findInCli };
const ALL: Readonly<Record<string, (way: AzureWay) => Source<string>>> = { ...DEPLOYED, ...DEVELOPERS };

/**
 * The places where Azure's own libraries search an identity, in their order.
 * @throws ExchangeError where AZURE_TOKEN_CREDENTIALS chooses one that is not known
 * Source: @azure/identity 4.14.1, `DefaultAzureCredential`
 */
export function sourcesFor(world: World, cloud: AzureCloud, audience: string): Source<string>[] {
  const way = { world, cloud, audience };
  return chosen(world).map((find) => find(way));
}

function chosen({ env }: World): ((way: AzureWay) => Source<string>)[] {
  const choice = env.AZURE_TOKEN_CREDENTIALS?.trim().toLowerCase() ?? "";
  if (choice === "") return Object.values(ALL);
  if (choice === "prod") return Object.values(DEPLOYED);
  if (choice === "dev") return Object.values(DEVELOPERS);
  const find = Object.hasOwn(ALL, choice) ? ALL[choice] : undefined;
  if (find !== undefined) return [find];
  throw new ExchangeError("failed", explain("azure-credentials-choice", { choice }));
}
