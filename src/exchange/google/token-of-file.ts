import { explain } from "../../findings/finding.ts";
import { ExchangeError } from "../credential.ts";
import type { AccessToken, GoogleWay } from "./access-token.ts";
import { tokenOfExternalAccount } from "./external-account.ts";
import { impersonate } from "./impersonate.ts";
import { checkKeyFile, type KeyFile, required } from "./key-file.ts";
import { tokenOfServiceAccount } from "./service-account.ts";
import { tokenOfUser, tokenOfWorkforceUser } from "./user.ts";

/** Files within files end here: a service account may use another one, which uses a user. */
const MAX_DEPTH = 3;

/**
 * The access token of the identity that a file describes.
 * @throws ExchangeError with the cause
 * Source: google-auth-library 11.3.4, `fromJSON`
 */
export async function tokenOfFile(key: KeyFile, way: GoogleWay, depth = 0): Promise<AccessToken> {
  const { file, universe } = way;
  const own = key.universe_domain || "googleapis.com";
  // A token of one cloud must not reach a registry of a different one.
  if (own !== universe && key.type !== "impersonated_service_account") {
    throw new ExchangeError("failed", explain("google-universe", { file, own, universe }));
  }
  switch (key.type) {
    case "service_account":
      return await tokenOfServiceAccount(key, way);
    case "authorized_user":
      return await tokenOfUser(key, way);
    case "external_account":
      return await tokenOfExternalAccount(key, way);
    case "external_account_authorized_user":
      return await tokenOfWorkforceUser(key, way);
    case "impersonated_service_account": {
      if (depth === MAX_DEPTH) throw new ExchangeError("failed", explain("google-file-form", { file }));
      const source = await tokenOfFile(checkKeyFile(key.source_credentials, file), way, depth + 1);
      const address = required(key, "service_account_impersonation_url", file);
      return await impersonate(source.secret, address, way, { delegates: key.delegates });
    }
    default:
      throw new ExchangeError("failed", explain("google-file-type", { file, type: key.type }));
  }
}
