import { explain } from "../../findings/finding.ts";
import { parseChallenges } from "../../network/challenge.ts";
import { epochSeconds } from "../../platform/epoch.ts";
import { readClaims } from "../acr.ts";
import { callCloud, errorName, errorText, form, type Reply, textOf, type World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import type { RegistryToken } from "../token.ts";

/** How long a registry's refresh token is valid if it does not say so, as documented. */
const LIFE_SECONDS = 3 * 3600;

/**
 * Exchanges a token of Azure's sign-in service at the registry that it is for.
 * @throws ExchangeError where the registry does not accept it, or names a different host for the exchange
 */
export async function exchangeAtRegistry(token: string, host: string, world: World): Promise<RegistryToken> {
  const service = await readService(host, world);
  const tenant = textOf(readClaims(token).tid) || world.env.AZURE_TENANT_ID || "";
  const fields = {
    grant_type: "access_token",
    service,
    ...(tenant === "" ? {} : { tenant }),
    access_token: token,
  };
  const reply = await callCloud(world, host, new URL(`https://${host}/oauth2/exchange`), form(fields));
  const secret = textOf(reply.json.refresh_token);
  if (reply.status !== 200) throw explainRefusal(reply, host, tenant);
  if (secret === "") throw new ExchangeError("failed", explain("identity-no-token", { where: host }));
  const issuedAt = Math.floor(world.now() / 1000);
  const expiresAt = epochSeconds(readClaims(secret).exp) ?? issuedAt + LIFE_SECONDS;
  return { secret, issuedAt, expiresAt };
}

/** What the registry's challenge calls the registry. Its realm has to be at the registry itself. */
async function readService(host: string, world: World): Promise<string> {
  const reply = await callCloud(world, host, new URL(`https://${host}/v2/`), {});
  if (reply.status === 403) throw explainRefusal(reply, host, "");
  const bearer = parseChallenges(reply.challenges).find(({ scheme }) => scheme === "bearer");
  const { realm = "", service = "" } = bearer?.params ?? {};
  if (reply.status !== 401 || realm === "" || service === "") {
    throw new ExchangeError("failed", explain("acr-challenge", { host }));
  }
  const url = URL.canParse(realm) ? new URL(realm) : null;
  if (url?.origin !== `https://${host}`) {
    throw new ExchangeError("failed", explain("acr-realm", { host, address: url?.host ?? "an invalid address" }));
  }
  return service;
}

function explainRefusal(reply: Reply, host: string, tenant: string): ExchangeError {
  const text = errorText(reply);
  if (reply.status === 403 && /not allowed access/i.test(text)) {
    return new ExchangeError("refused", explain("acr-firewall", { host }));
  }
  if (/tenant/i.test(text) && tenant !== "")
    return new ExchangeError("refused", explain("acr-tenant", { host, tenant }));
  if (reply.status === 401 || reply.status === 403) {
    return new ExchangeError("refused", explain("acr-identity-denied", { host }));
  }
  return new ExchangeError("failed", explain("identity-unknown", { where: host, error: errorName(reply) }));
}
