import { explain } from "../../findings/finding.ts";
import { callCloud, checkClock, errorName, errorText, form, type Reply } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { type AccessToken, accessTokenIn, type GoogleWay, googleAddress, SCOPE } from "./access-token.ts";
import { signedByAws } from "./aws-subject.ts";
import { runExecutable } from "./executable.ts";
import { impersonate } from "./impersonate.ts";
import { type KeyFile, required } from "./key-file.ts";
import { readSubjectFile, readSubjectUrl } from "./subject-token.ts";

const WHERE = "Google's security token service";

/**
 * The token of an identity that a different provider vouches for (workload identity federation).
 * Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 */
export async function tokenOfExternalAccount(key: KeyFile, way: GoogleWay): Promise<AccessToken> {
  const { world, file, universe } = way;
  const audience = required(key, "audience", file);
  const type = required(key, "subject_token_type", file);
  const url = googleAddress(key.token_url ?? `https://sts.${universe}/v1/token`, "token_url", way);
  const impersonation = key.service_account_impersonation_url;
  // Before anything is sent: a file with one wrong address is not to be trusted with the others.
  if (impersonation !== undefined) googleAddress(impersonation, "service_account_impersonation_url", way);
  const fields = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience,
    scope: SCOPE,
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    subject_token: await subjectToken(key, way, { audience, type }),
    subject_token_type: type,
    ...optionsOf(key),
  };
  const ask = form(fields);
  const headers = { ...ask.headers, ...clientOf(key) };
  const reply = await callCloud(world, WHERE, url, { ...ask, headers });
  if (reply.status !== 200) throw explainRefusal(reply, { audience, file });
  const token = accessTokenIn(reply, WHERE);
  if (impersonation === undefined) return token;
  const lifeSeconds = key.service_account_impersonation?.token_lifetime_seconds;
  return await impersonate(token.secret, impersonation, way, { lifeSeconds });
}

/** With a client, the project is the client's. */
function optionsOf({ client_id, workforce_pool_user_project: userProject }: KeyFile): { options?: string } {
  return client_id !== undefined || userProject === undefined ? {} : { options: JSON.stringify({ userProject }) };
}

function clientOf({ client_id, client_secret }: KeyFile): { authorization?: string } {
  if (client_id === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret ?? ""}`).toString("base64")}` };
}

/** What the exchange is for. */
export interface Subject {
  readonly audience: string;
  readonly type: string;
}

async function subjectToken(key: KeyFile, way: GoogleWay, subject: Subject): Promise<string> {
  const { file } = way;
  const source = key.credential_source;
  if (source === undefined) {
    throw new ExchangeError(
      "failed",
      explain("google-file-incomplete", { file, field: "credential_source", type: key.type }),
    );
  }
  if (source.environment_id !== undefined) return await signedByAws(source, subject.audience, way);
  if (source.file !== undefined) return readSubjectFile(source.file, source, file);
  if (source.url !== undefined) return await readSubjectUrl(source.url, source, way);
  if (source.executable !== undefined) return await runExecutable(source.executable, key, way);
  throw new ExchangeError("failed", explain("google-source-unsupported", { file }));
}

/** Google's words are searched, and not shown: they may quote the token. */
function explainRefusal(reply: Reply, { audience, file }: { audience: string; file: string }): ExchangeError {
  const text = errorText(reply);
  const error = errorName(reply);
  if (/audience/i.test(text)) return new ExchangeError("refused", explain("google-audience", { file, audience }));
  if (/expired|stale|too old|not yet valid|iat\b/i.test(text)) {
    checkClock(reply, WHERE);
    return new ExchangeError("refused", explain("google-subject-expired", { file }));
  }
  if (/attribute condition/i.test(text)) return new ExchangeError("refused", explain("google-condition", { audience }));
  return new ExchangeError("refused", explain("google-subject-refused", { audience, error }));
}
