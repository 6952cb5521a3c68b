import { explain } from "../../findings/finding.ts";
import { withWorld } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import type { Exchanged } from "../exchange-identity.ts";
import type { GoogleIdentity } from "../identity.ts";
import type { ExchangeOptions } from "../options.ts";
import { findFirst, listTried } from "../sources.ts";
import type { AccessToken } from "./access-token.ts";
import { findInGcloud, findInVariable } from "./adc-file.ts";
import { parseKeyFile } from "./key-file.ts";
import { findOnMachine } from "./metadata.ts";
import { tokenOfFile } from "./token-of-file.ts";

/**
 * An access token of Google: of the service account whose key is in the secrets, or of the machine's own identity
 * (application default credentials).
 * @throws ExchangeError with the cause, and what to do about it
 * Source: https://cloud.google.com/docs/authentication/application-default-credentials
 */
export async function exchangeGoogle(identity: GoogleIdentity, options: ExchangeOptions): Promise<Exchanged> {
  return await withWorld(options, async (world) => {
    const { universe, key } = identity;
    if (key !== null) {
      const file = `${options.identifier}_CONTAINER_REGISTRY_PASSWORD`;
      return exchanged(await tokenOfFile(parseKeyFile(key, file), { world, file, universe }), options);
    }
    const { found, tried } = await findFirst([
      findInVariable(world, universe),
      findInGcloud(world, universe),
      findOnMachine(world, universe),
    ]);
    if (found === null) {
      throw new ExchangeError(
        "failed",
        explain("google-no-identity", { identifier: options.identifier, tried: listTried(tried) }),
        tried,
      );
    }
    return { ...exchanged(found, options), tried };
  });
}

function exchanged({ secret, lifeSeconds }: AccessToken, { now }: ExchangeOptions): Exchanged {
  const issuedAt = Math.floor(now() / 1000);
  return { token: { secret, issuedAt, expiresAt: issuedAt + lifeSeconds }, tried: [] };
}
