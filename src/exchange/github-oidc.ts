import { explain } from "../findings/finding.ts";
import { callCloud, textOf, type World } from "./cloud-call.ts";
import { ExchangeError } from "./credential.ts";

const WHERE = "GitHub's token service";

/**
 * A token by which GitHub vouches for the job that this runs in.
 * @param audience whom the token is for
 * @throws ExchangeError where this is not a job, or the job may not have such a token
 * Source: https://docs.github.com/actions/reference/security/oidc
 */
export async function actionsToken(audience: string, world: World): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret = "" } = world.env;
  if (address === "" || secret === "") throw new ExchangeError("failed", explain("actions-no-token"));
  const url = URL.canParse(address) ? new URL(address) : null;
  // The request token would open everything else that the job may have.
  if (url === null || url.protocol !== "https:" || !url.hostname.endsWith(".actions.githubusercontent.com")) {
    throw new ExchangeError("failed", explain("actions-address", { address: url?.host ?? "an invalid address" }));
  }
  url.searchParams.set("audience", audience);
  const headers = { authorization: `Bearer ${secret}`, accept: "application/json" };
  const reply = await callCloud(world, WHERE, url, { headers });
  const token = textOf(reply.json.value);
  if (reply.status === 200 && token !== "") return token;
  throw new ExchangeError("refused", explain("actions-refused", { error: `status ${reply.status}` }));
}
