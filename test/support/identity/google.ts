import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { jwtVerify, SignJWT } from "jose";
import { Sha256 } from "../aws-endpoint.ts";
import { basic } from "../encoding.ts";
import { type Cloud, type CloudReply, type CloudRequest, readRequest, reply, send } from "./requests.ts";

export const GOOGLE_HOST = "europe-west1-docker.pkg.dev";
export const SERVICE_ACCOUNT = "puller@project.iam.gserviceaccount.com";
export const TARGET_ACCOUNT = "target@project.iam.gserviceaccount.com";
export const POOL =
  "//iam.googleapis.com/projects/123456/locations/global/workloadIdentityPools/pool/providers/provider";
/** What a provider of the pool allows as the audience of a token. */
export const TOKEN_AUDIENCE = `https:${POOL}`;
export const ISSUER = "https://issuer.example";
export const ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
export const AWS_TOKEN = "urn:ietf:params:aws:token-type:aws4_request";
export const IMPERSONATION = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${TARGET_ACCOUNT}:generateAccessToken`;

const KEY_ID = "the-key-id";
const LIFE_SECONDS = 3600;
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const OAUTH = "oauth2.googleapis.com";
const STS = "sts.googleapis.com";
const IAM = "iamcredentials.googleapis.com";

// One pair for all tests of a file: each takes a tenth of a second.
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const SERVICE_KEY = pair();
const ISSUER_KEY = pair();

export const USER = {
  client_id: "client.apps.example",
  client_secret: "the-client-secret",
  refresh_token: "1//refresh",
};

/** Google's services, as far as they lead to an access token. They check what the real ones check. */
export interface Google extends Cloud {
  /** Every request for a token, by host and path. */
  readonly exchanges: readonly CloudRequest[];
  /** The access tokens issued so far. */
  readonly tokens: readonly string[];
  /** The clock, in milliseconds since the epoch. */
  now: () => number;
  /** Answers a request before it is looked at. */
  fault: (request: CloudRequest) => CloudReply | null;
  /** Keys of AWS that the pool trusts. */
  awsKeys: readonly { readonly accessKeyId: string; readonly secretAccessKey: string }[];
  /** The answer of the metadata server. */
  metadata(request: CloudRequest): CloudReply;
  /** A token of the other provider. */
  idToken(claims?: { readonly audience?: string; readonly lifeSeconds?: number }): Promise<string>;
}

export function createGoogle(): Google {
  const exchanges: CloudRequest[] = [];
  const tokens: string[] = [];
  const ends = new Map<string, number>();
  const seconds = (): number => Math.floor(google.now() / 1000);
  const issue = (): { access_token: string; expires_in: number; token_type: string } => {
    const access_token = `ya29.${randomUUID()}`;
    tokens.push(access_token);
    ends.set(access_token, seconds() + LIFE_SECONDS);
    return { access_token, expires_in: LIFE_SECONDS, token_type: "Bearer" };
  };
  const isValid = (token: string): boolean => seconds() < (ends.get(token) ?? 0);

  const answer = async (request: CloudRequest): Promise<CloudReply> => {
    const { host, path, form, headers } = request;
    if (host === OAUTH && path === "/token" && form.assertion !== undefined) return await signedIn(form, google.now());
    if (host === OAUTH && path === "/token") {
      const isKnown = Object.entries(USER).every(([name, value]) => form[name] === value);
      return isKnown && form.grant_type === "refresh_token"
        ? reply(200, issue())
        : reply(400, { error: "invalid_grant" });
    }
    if (host === STS && path === "/v1/oauthtoken") {
      const isClient = headers.authorization === basic(USER.client_id, USER.client_secret);
      const isKnown = isClient && form.refresh_token === USER.refresh_token && form.grant_type === "refresh_token";
      return isKnown ? reply(200, issue()) : reply(401, { error: "invalid_client" });
    }
    if (host === STS && path === "/v1/token") return await federated(form);
    if (host === IAM) return impersonated(request);
    return reply(404, {});
  };

  const signedIn = async (form: CloudRequest["form"], nowMs: number): Promise<CloudReply> => {
    const refuse = (error_description: string): CloudReply => reply(400, { error: "invalid_grant", error_description });
    if (form.grant_type !== "urn:ietf:params:oauth:grant-type:jwt-bearer") return refuse("grant_type");
    const options = { issuer: SERVICE_ACCOUNT, audience: `https://${OAUTH}/token`, algorithms: ["RS256"] };
    const verified = await jwtVerify(form.assertion ?? "", SERVICE_KEY.publicKey, {
      ...options,
      currentDate: new Date(nowMs),
      maxTokenAge: LIFE_SECONDS,
      clockTolerance: 300,
    }).catch(({ code }) =>
      /EXPIRED|CLAIM/.test(code)
        ? "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
        : "Invalid JWT Signature.",
    );
    if (typeof verified === "string") return refuse(verified);
    // The id of the key is not required, as Google's own library does not send it.
    const isComplete = (verified.protectedHeader.kid ?? KEY_ID) === KEY_ID && verified.payload.scope === SCOPE;
    return isComplete ? reply(200, issue()) : refuse("Invalid JWT Signature.");
  };

  const federated = async (form: CloudRequest["form"]): Promise<CloudReply> => {
    const refuse = (error_description: string): CloudReply => reply(400, { error: "invalid_grant", error_description });
    const isExchange =
      form.grant_type === "urn:ietf:params:oauth:grant-type:token-exchange" &&
      form.requested_token_type === "urn:ietf:params:oauth:token-type:access_token" &&
      form.scope === SCOPE;
    if (!isExchange) return reply(400, { error: "invalid_request" });
    if (form.audience !== POOL) return reply(400, { error: "invalid_target", error_description: "unknown provider" });
    if (form.subject_token_type === AWS_TOKEN) {
      return (await isSignedForAws(form.subject_token ?? "", google))
        ? reply(200, issue())
        : refuse("invalid signature");
    }
    const verified = await jwtVerify(form.subject_token ?? "", ISSUER_KEY.publicKey, {
      issuer: ISSUER,
      audience: TOKEN_AUDIENCE,
      currentDate: new Date(google.now()),
    }).catch(({ code, claim }) =>
      claim === "aud"
        ? `The audience in ID Token [...] does not match the expected audience ${POOL}.`
        : code === "ERR_JWT_EXPIRED"
          ? "ID Token issued at 1 is stale to sign-in."
          : "The given credential is rejected by the attribute condition.",
    );
    return typeof verified === "string" ? refuse(verified) : reply(200, issue());
  };

  const impersonated = ({ path, headers, body }: CloudRequest): CloudReply => {
    if (!isValid(headers.authorization?.replace(/^Bearer /, "") ?? ""))
      return reply(401, { error: { status: "UNAUTHENTICATED" } });
    const { scope, lifetime } = JSON.parse(body);
    const isKnown = path === new URL(IMPERSONATION).pathname;
    if (!isKnown) return reply(403, { error: { status: "PERMISSION_DENIED" } });
    if (scope?.[0] !== SCOPE || !/^[0-9]+s$/.test(lifetime))
      return reply(400, { error: { status: "INVALID_ARGUMENT" } });
    const expireTime = new Date(google.now() + LIFE_SECONDS * 1000).toISOString();
    return reply(200, { accessToken: issue().access_token, expireTime });
  };

  /** The registry, and its token service at the registry's own host. */
  const atRegistry = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { authorization = "" } = request.headers;
    const url = new URL(request.url ?? "/", `https://${GOOGLE_HOST}`);
    const [user, password = ""] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString("utf8")
      .split(":");
    if (url.pathname === "/v2/token") {
      const accepted = user === "oauth2accesstoken" && isValid(password);
      send(response, accepted ? reply(200, { token: password }) : reply(401, {}), google.now);
      return false;
    }
    if (isValid(authorization.replace(/^Bearer /, ""))) return true;
    const challenge = `Bearer realm="https://${GOOGLE_HOST}/v2/token",service="${GOOGLE_HOST}"`;
    send(response, reply(401, {}, { "www-authenticate": challenge }), google.now);
    return false;
  };

  const google: Google = {
    hosts: [OAUTH, STS, IAM, GOOGLE_HOST],
    exchanges,
    tokens,
    now: Date.now,
    fault: () => null,
    awsKeys: [],
    authorize: async (request, response) => {
      if (request.headers.host === GOOGLE_HOST) return atRegistry(request, response);
      const read = await readRequest(request);
      exchanges.push(read);
      send(response, google.fault(read) ?? (await answer(read)), google.now);
      return false;
    },
    metadata: (request) => {
      const flavor = { "metadata-flavor": "Google" };
      if (request.headers["metadata-flavor"] !== "Google")
        return reply(403, "Missing Metadata-Flavor:Google header.", flavor);
      if (request.path.endsWith("/service-accounts/default/token")) {
        exchanges.push(request);
        const given = google.fault(request);
        return given === null ? reply(200, issue(), flavor) : { ...given, headers: { ...flavor, ...given.headers } };
      }
      if (request.path.endsWith("/service-accounts/default/scopes")) return reply(200, `${SCOPE}\n`, flavor);
      const isProbe = request.path === "/computeMetadata/v1/instance";
      return isProbe ? reply(200, "attributes/", flavor) : reply(404, "Not Found", flavor);
    },
    idToken: async ({ audience = TOKEN_AUDIENCE, lifeSeconds = 600 } = {}) =>
      await new SignJWT({})
        .setProtectedHeader({ alg: "RS256" })
        .setIssuer(ISSUER)
        .setSubject("job")
        .setAudience(audience)
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + lifeSeconds)
        .sign(ISSUER_KEY.privateKey),
  };
  return google;
}

/** The key file of a service account. */
export function serviceAccountFile(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: "service_account",
    project_id: "project",
    private_key_id: KEY_ID,
    private_key: SERVICE_KEY.privateKey.export({ type: "pkcs8", format: "pem" }),
    client_email: SERVICE_ACCOUNT,
    token_uri: `https://${OAUTH}/token`,
    ...changes,
  });
}

/** A file of workload identity federation. */
export function externalAccountFile(
  credential_source: object,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    type: "external_account",
    audience: POOL,
    subject_token_type: ID_TOKEN,
    token_url: `https://${STS}/v1/token`,
    credential_source,
    ...changes,
  });
}

/** Verifies AWS's signature, as AWS does when Google sends the request. */
async function isSignedForAws(token: string, { awsKeys, now }: Google): Promise<boolean> {
  const { url, method, headers: list } = JSON.parse(decodeURIComponent(token));
  const headers: Record<string, string> = Object.fromEntries(
    list.map(({ key, value }: { key: string; value: string }) => [key.toLowerCase(), value]),
  );
  const { authorization = "", ...signed } = headers;
  const [, id = "", region = ""] = /Credential=([^/]+)\/[0-9]{8}\/([^/]+)\/sts\/aws4_request/.exec(authorization) ?? [];
  const key = awsKeys.find(({ accessKeyId }) => accessKeyId === id);
  const isForPool =
    signed["x-goog-cloud-target-resource"] === POOL && /x-goog-cloud-target-resource/.test(authorization);
  if (key === undefined || !isForPool || method !== "POST") return false;
  const { host, hostname, pathname, searchParams } = new URL(url);
  if (host !== `sts.${region}.amazonaws.com` || searchParams.get("Action") !== "GetCallerIdentity") return false;
  const signer = new SignatureV4({ credentials: key, region, service: "sts", sha256: Sha256, applyChecksum: false });
  const again = await signer.sign(
    {
      method,
      protocol: "https:",
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: signed,
    },
    { signingDate: new Date(now()), signableHeaders: new Set(Object.keys(signed)) },
  );
  return again.headers.authorization === authorization;
}
