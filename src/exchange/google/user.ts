import { explain } from "../../findings/finding.ts";
import { callCloud, errorName, form, type Reply } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { type AccessToken, accessTokenIn, type GoogleWay, googleAddress } from "./access-token.ts";
import { type KeyFile, required } from "./key-file.ts";

const WHERE = "Google's token service";

/** The token of a person who ran `gcloud auth application-default login`. */
export async function tokenOfUser(key: KeyFile, { world, file, universe }: GoogleWay): Promise<AccessToken> {
  const fields = {
    grant_type: "refresh_token",
    client_id: required(key, "client_id", file),
    client_secret: required(key, "client_secret", file),
    refresh_token: required(key, "refresh_token", file),
  };
  const reply = await callCloud(world, WHERE, new URL(`https://oauth2.${universe}/token`), form(fields));
  return userToken(reply, file);
}

/** The token of a person whose account is federated (workforce identity). */
export async function tokenOfWorkforceUser(key: KeyFile, way: GoogleWay): Promise<AccessToken> {
  const { world, file, universe } = way;
  const url = googleAddress(key.token_url ?? `https://sts.${universe}/v1/oauthtoken`, "token_url", way);
  const client = `${required(key, "client_id", file)}:${required(key, "client_secret", file)}`;
  const ask = form({ grant_type: "refresh_token", refresh_token: required(key, "refresh_token", file) });
  const headers = { ...ask.headers, authorization: `Basic ${Buffer.from(client).toString("base64")}` };
  return userToken(await callCloud(world, WHERE, url, { ...ask, headers }), file);
}

function userToken(reply: Reply, file: string): AccessToken {
  if (reply.status === 200) return accessTokenIn(reply, WHERE);
  const error = errorName(reply);
  // Policies of an organization end a session (`invalid_rapt` is a subtype of this error).
  const code = error === "invalid_grant" ? "google-login-expired" : "google-login-refused";
  throw new ExchangeError("refused", explain(code, { file, error }));
}
