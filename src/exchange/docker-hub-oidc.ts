import { explain } from "../findings/finding.ts";
import { callCloud, errorName, errorText, form, lifeOf, textOf, withWorld } from "./cloud-call.ts";
import { ExchangeError } from "./credential.ts";
import type { Exchanged } from "./exchange-identity.ts";
import { actionsToken } from "./github-oidc.ts";
import type { HubIdentity } from "./identity.ts";
import type { ExchangeOptions } from "./options.ts";

const AUDIENCE = "https://identity.docker.com";
const WHERE = "Docker's identity service";
const CONNECTION = "DOCKERHUB_OIDC_CONNECTIONID";
const LIFE = "DOCKERHUB_OIDC_EXPIREIN";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A token of an organization at Docker Hub, for a job of GitHub Actions that a connection of the organization trusts.
 * @throws ExchangeError with the cause, and what to do about it
 * Source: docker/login-action 4.6.0, src/dockerhub.ts; https://docs.docker.com/security/for-admins/oidc/
 */
export async function exchangeDockerHub({ organization }: HubIdentity, options: ExchangeOptions): Promise<Exchanged> {
  const { env, identifier, now } = options;
  const connection = env[CONNECTION]?.trim() ?? "";
  if (!UUID.test(connection)) throw new ExchangeError("failed", explain("hub-connection", { variable: CONNECTION }));
  if (organization === "") throw new ExchangeError("failed", explain("hub-organization", { identifier }));
  const life = lifeWanted(env[LIFE]);
  return await withWorld(options, async (world) => {
    const fields = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      subject_token: await actionsToken(AUDIENCE, world),
      connection_id: connection,
      expires_in: String(life),
    };
    const reply = await callCloud(world, WHERE, new URL(`${AUDIENCE}/oauth/token`), form(fields));
    const secret = textOf(reply.json.access_token);
    if (reply.status !== 200) {
      const code = /subject|claim|rule|condition|ruleset/i.test(errorText(reply))
        ? "hub-job-untrusted"
        : "hub-oidc-refused";
      throw new ExchangeError("refused", explain(code, { connection, error: errorName(reply) }));
    }
    if (secret === "") throw new ExchangeError("failed", explain("identity-no-token", { where: WHERE }));
    const issuedAt = Math.floor(now() / 1000);
    return { token: { secret, issuedAt, expiresAt: issuedAt + lifeOf(reply.json.expires_in ?? life) }, tried: [] };
  });
}

/** Seconds: an hour, as long as a job usually takes, or what the variable of Docker's own action says. */
function lifeWanted(text = ""): number {
  if (text.trim() === "") return 3600;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 300 && seconds <= 21_600) return seconds;
  throw new ExchangeError("failed", explain("hub-token-life", { variable: LIFE }));
}
