import type { Code } from "../../findings/finding.ts";
import { explain } from "../../findings/finding.ts";
import { type World, withWorld } from "../cloud-call.ts";
import { ExchangeError, type Tried } from "../credential.ts";
import type { Exchanged } from "../exchange-identity.ts";
import type { AzureIdentity } from "../identity.ts";
import type { ExchangeOptions } from "../options.ts";
import { findFirst, listTried } from "../sources.ts";
import { type AzureCloud, cloudOf, REGISTRY_AUDIENCE } from "./cloud.ts";
import { exchangeAtRegistry } from "./registry.ts";
import { sourcesFor } from "./sources.ts";

/**
 * A refresh token of an Azure registry, for the machine's own identity. The token that Azure issues for the identity goes
 * to the registry itself alone.
 * @throws ExchangeError with the cause, and what to do about it
 * Source: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export async function exchangeAzure({ host }: AzureIdentity, options: ExchangeOptions): Promise<Exchanged> {
  const cloud = cloudOf(host);
  if (cloud === null) throw new ExchangeError("failed", explain("azure-cloud-unknown", { host }));
  return await withWorld(options, async (world) => {
    try {
      return await exchangeFor(REGISTRY_AUDIENCE, host, cloud, world);
    } catch (error) {
      // Some clouds, and some services with an identity, only issue tokens for the Resource Manager.
      if (!(error instanceof ExchangeError) || !OF_THE_AUDIENCE.has(error.code)) throw error;
      return await exchangeFor(cloud.resourceManager, host, cloud, world).catch((second: unknown) => {
        throw second instanceof ExchangeError && second.code === "azure-audience" ? error : second;
      });
    }
  });
}

/** What a token for a different audience may change. */
const OF_THE_AUDIENCE: ReadonlySet<Code> = new Set<Code>(["azure-audience", "acr-identity-denied"]);

async function exchangeFor(audience: string, host: string, cloud: AzureCloud, world: World): Promise<Exchanged> {
  const { found, tried } = await findFirst(sourcesFor(world, cloud, audience));
  if (found === null) {
    throw new ExchangeError(
      "failed",
      explain("azure-no-identity", { identifier: world.identifier, tried: listTried(tried) }),
      tried,
    );
  }
  return { token: await withTried(exchangeAtRegistry(found, host, world), tried), tried };
}

/** The registry's own answer is better understood with whose token it is. */
async function withTried<T>(work: Promise<T>, tried: readonly Tried[]): Promise<T> {
  return await work.catch((error: unknown) => {
    throw error instanceof ExchangeError ? new ExchangeError(error.outcome, error, tried) : error;
  });
}
