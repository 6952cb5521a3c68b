import type { Tried } from "./credential.ts";
import type { Identity } from "./identity.ts";
import type { ExchangeOptions } from "./options.ts";
import type { RegistryToken } from "./token.ts";

/** A new token, and where its identity was searched for; nothing of that where the secrets name the identity. */
export interface Exchanged {
  readonly token: RegistryToken;
  readonly tried: readonly Tried[];
}

/**
 * Exchanges an identity for a registry token. The code of a cloud is loaded only here.
 * @throws ExchangeError with the cause, and what to do about it
 */
export async function exchangeIdentity(identity: Identity, options: ExchangeOptions): Promise<Exchanged> {
  switch (identity.service) {
    case "google":
      return await (await import("./google/exchange.ts")).exchangeGoogle(identity, options);
    case "acr":
      return await (await import("./azure/exchange.ts")).exchangeAzure(identity, options);
    case "docker-hub":
      return await (await import("./docker-hub-oidc.ts")).exchangeDockerHub(identity, options);
    default: {
      const { exchangeAws } = await import("./aws.ts");
      return { token: await exchangeAws(identity, options), tried: [] };
    }
  }
}
