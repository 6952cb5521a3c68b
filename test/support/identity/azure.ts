import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { tempFolder } from "../temp-home.ts";
import { type Cloud, type CloudReply, type CloudRequest, readRequest, reply, send } from "./requests.ts";

export const ACR_HOST = "mycompany.azurecr.io";
export const TENANT = "11111111-1111-4111-8111-111111111111";
export const CLIENT = "22222222-2222-4222-8222-222222222222";
export const CLIENT_SECRET = "the-client-secret~value";
export const AUDIENCE = "https://containerregistry.azure.net";
export const RESOURCE_MANAGER = "https://management.azure.com";
export const FEDERATION = {
  issuer: "https://oidc.cluster.example/",
  subject: "system:serviceaccount:dev:workspace",
  audience: "api://AzureADTokenExchange",
};
const NULL_GUID = "00000000-0000-0000-0000-000000000000";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LIFE_SECONDS = 3 * 3600;

const CLUSTER_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Azure's sign-in service and a registry. They check what the real ones check. */
export interface Azure extends Cloud {
  /** Every request for a token, by host and path. */
  readonly exchanges: readonly CloudRequest[];
  /** The refresh tokens that the registry issued so far. */
  readonly tokens: readonly string[];
  /** The clock, in milliseconds since the epoch. */
  now: () => number;
  /** Answers a request before it is looked at. */
  fault: (request: CloudRequest) => CloudReply | null;
  /** The audiences that tokens are issued for. */
  audiences: readonly string[];
  /** Whether the identity has a role at the registry. */
  hasRole: boolean;
  /** The certificate that the application has; null without one. */
  certificate: X509Certificate | null;
  /** A token of the sign-in service, as a metadata service or `az` hands it out. */
  entraToken(audience: string, tenant?: string): Promise<string>;
  /** A token of the cluster that the application trusts. */
  clusterToken(claims?: { readonly audience?: string; readonly lifeSeconds?: number }): Promise<string>;
}

export function createAzure(host = ACR_HOST, authority = "login.microsoftonline.com"): Azure {
  const exchanges: CloudRequest[] = [];
  const tokens: string[] = [];
  const secret = randomBytes(32);
  const seconds = (): number => Math.floor(azure.now() / 1000);
  const sign = async (claims: Record<string, unknown>, lifeSeconds: number): Promise<string> =>
    await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt(seconds())
      .setExpirationTime(seconds() + lifeSeconds)
      .setJti(randomUUID())
      .sign(secret);
  const claimsOf = async (token: string) =>
    (await jwtVerify(token, secret, { currentDate: new Date(azure.now()) }).catch(() => null))?.payload ?? null;

  const atSignIn = async ({ path, form }: CloudRequest): Promise<CloudReply> => {
    const refuse = (code: number, error = "invalid_client"): CloudReply =>
      reply(401, { error, error_description: `AADSTS${code}: ...`, error_codes: [code] });
    if (path !== `/${TENANT}/oauth2/v2.0/token`)
      return reply(400, {
        error: "invalid_request",
        error_codes: [90002],
        error_description: "AADSTS90002: Tenant not found.",
      });
    if (form.grant_type !== "client_credentials" || form.client_id !== CLIENT)
      return refuse(700016, "unauthorized_client");
    const audience = form.scope?.replace(/\/\.default$/, "") ?? "";
    if (!azure.audiences.includes(audience)) return refuse(500011, "invalid_resource");
    if (form.client_secret !== undefined) {
      if (form.client_secret !== CLIENT_SECRET) return refuse(7000215);
    } else {
      if (form.client_assertion_type !== ASSERTION_TYPE) return refuse(700027);
      const code = await wrongAssertion(form.client_assertion ?? "", `https://${authority}${path}`);
      if (code !== null) return refuse(code);
    }
    return reply(200, { token_type: "Bearer", expires_in: 3599, access_token: await azure.entraToken(audience) });
  };

  /** The code of the error in an assertion, that of a certificate or that of a cluster; null for a good one. */
  const wrongAssertion = async (token: string, address: string): Promise<number | null> => {
    const header = decodeProtectedHeader(token) as Record<string, string>;
    const currentDate = new Date(azure.now());
    const thumbprint = header["x5t#S256"];
    if (thumbprint !== undefined) {
      const { certificate } = azure;
      const own = createHash("sha256")
        .update(certificate?.raw ?? "")
        .digest("base64url");
      if (certificate === null || thumbprint !== own) return 700027;
      const options = {
        issuer: CLIENT,
        subject: CLIENT,
        audience: address,
        algorithms: ["PS256", "RS256"],
        currentDate,
      };
      return await jwtVerify(token, certificate.publicKey, options).then(() => null, wrongTime);
    }
    const { iss, sub, aud } = decodeJwt(token);
    if (iss !== FEDERATION.issuer) return 700211;
    if (sub !== FEDERATION.subject) return 700213;
    if (aud !== FEDERATION.audience) return 700212;
    return await jwtVerify(token, CLUSTER_KEY.publicKey, { currentDate }).then(() => null, wrongTime);
  };

  const exchangeAtRegistry = async ({ form }: CloudRequest): Promise<CloudReply> => {
    const refuse = (status: number, message: string): CloudReply =>
      reply(status, { errors: [{ code: "UNAUTHORIZED", message }] });
    const claims = await claimsOf(form.access_token ?? "");
    if (form.grant_type !== "access_token" || form.service !== host) return refuse(400, "invalid request");
    if (claims === null || ![AUDIENCE, RESOURCE_MANAGER].includes(String(claims.aud)))
      return refuse(401, "authentication required");
    if (claims.tid !== TENANT || form.tenant !== TENANT) return refuse(401, "the token is of a different tenant");
    if (!azure.hasRole) return refuse(401, "authentication required, visit https://aka.ms/acr/authorization");
    const refresh_token = await sign({ grant_type: "refresh_token", aud: host }, LIFE_SECONDS);
    tokens.push(refresh_token);
    return reply(200, { refresh_token });
  };

  /** The registry's token service: it accepts a refresh token with the null GUID, or by itself. */
  const giveAccess = async (request: CloudRequest): Promise<CloudReply> => {
    const { authorization = "" } = request.headers;
    const [user, password = ""] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString("utf8")
      .split(":");
    const secret = request.method === "POST" ? (request.form.refresh_token ?? "") : user === NULL_GUID ? password : "";
    const isLogin = (await claimsOf(secret))?.grant_type === "refresh_token";
    return isLogin ? reply(200, { access_token: await sign({ grant_type: "access_token" }, 300) }) : reply(401, {});
  };

  const authorize = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { pathname } = new URL(request.url ?? "/", `https://${host}`);
    const isRegistry = request.headers.host === host && !pathname.startsWith("/oauth2/");
    if (isRegistry) {
      const claims = await claimsOf(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
      if (claims?.grant_type === "access_token") return true;
      const challenge = `Bearer realm="https://${host}/oauth2/token",service="${host}"`;
      const refused = reply(401, {}, { "www-authenticate": challenge });
      const probe = { method: "GET", host, path: pathname, query: {}, headers: request.headers, form: {}, body: "" };
      send(response, azure.fault(probe) ?? refused, azure.now);
      return false;
    }
    const read = await readRequest(request);
    const isLogin = read.path === "/oauth2/token" && read.host === host;
    if (!isLogin) exchanges.push(read);
    const answer = isLogin ? giveAccess : read.host === host ? exchangeAtRegistry : atSignIn;
    send(response, azure.fault(read) ?? (await answer(read)), azure.now);
    return false;
  };

  const azure: Azure = {
    hosts: [host, authority],
    exchanges,
    tokens,
    now: Date.now,
    fault: () => null,
    audiences: [AUDIENCE, RESOURCE_MANAGER],
    hasRole: true,
    certificate: null,
    authorize,
    entraToken: async (audience, tid = TENANT) => await sign({ aud: audience, tid }, 3600),
    clusterToken: async ({ audience = FEDERATION.audience, lifeSeconds = 3600 } = {}) =>
      await new SignJWT({})
        .setProtectedHeader({ alg: "RS256" })
        .setIssuer(FEDERATION.issuer)
        .setSubject(FEDERATION.subject)
        .setAudience(audience)
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + lifeSeconds)
        .sign(CLUSTER_KEY.privateKey),
  };
  return azure;
}

function wrongTime({ code }: { readonly code: string }): number {
  return /EXPIRED|CLAIM/.test(code) ? 700024 : 700027;
}

/** The certificate of an application, and the file with it and its key. */
export function makeApplicationCertificate(): { readonly certificate: X509Certificate; readonly file: string } {
  const folder = tempFolder();
  const [keyFile, certFile, file] = ["key.pem", "cert.pem", "both.pem"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const subject = ["-subj", "/CN=application", "-days", "2"];
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, "-keyout", keyFile, "-out", certFile];
  execFileSync("openssl", args, { stdio: "pipe" });
  const pem = readFileSync(certFile, "utf8");
  writeFileSync(file, `${readFileSync(keyFile, "utf8")}${pem}`);
  return { certificate: new X509Certificate(pem), file };
}

/** The metadata services with which Azure gives an identity to what runs there. */
export const MANAGED = {
  /** Virtual machines and nodes of Kubernetes. */
  imds:
    (azure: Azure) =>
    async ({ method, path, query, headers }: CloudRequest): Promise<CloudReply> => {
      const isRight = method === "GET" && path.replace(/\/$/, "") === "/metadata/identity/oauth2/token";
      if (!isRight || headers.metadata !== "true")
        return reply(400, { error: "invalid_request", error_description: "Required metadata header not specified" });
      return await managedToken(azure, query["api-version"] === "2018-02-01", query.resource);
    },
  /** App Service and Container Apps; with the secret of their variable. */
  appService:
    (azure: Azure, secret: string) =>
    async ({ query, headers }: CloudRequest): Promise<CloudReply> => {
      if (headers["x-identity-header"] !== secret) return reply(401, { message: "wrong header" });
      return await managedToken(azure, query["api-version"] === "2019-08-01", query.resource);
    },
  machineLearning:
    (azure: Azure, secret: string) =>
    async ({ query, headers }: CloudRequest): Promise<CloudReply> => {
      if (headers.secret !== secret) return reply(401, {});
      return await managedToken(
        azure,
        query["api-version"] === "2017-09-01" && query.clientid === CLIENT,
        query.resource,
      );
    },
  cloudShell:
    (azure: Azure) =>
    async ({ method, form, headers }: CloudRequest): Promise<CloudReply> => {
      return await managedToken(azure, method === "POST" && headers.metadata === "true", form.resource);
    },
  /** The agent of a machine outside of Azure; whoever asks has to be able to read its file. */
  arc:
    (azure: Azure, file: string) =>
    async ({ query, headers }: CloudRequest): Promise<CloudReply> => {
      const isRight = headers.metadata === "true" && query["api-version"] === "2020-06-01";
      const expected = `Basic ${readFileSync(file, "utf8")}`;
      if (isRight && headers.authorization === expected) return await managedToken(azure, true, query.resource);
      return reply(401, {}, { "www-authenticate": `Basic realm=${file}` });
    },
};

async function managedToken(azure: Azure, isRight: boolean, audience = ""): Promise<CloudReply> {
  if (!isRight) return reply(400, { error: "invalid_request" });
  if (!azure.audiences.includes(audience)) return reply(400, { error: "invalid_resource" });
  const access_token = await azure.entraToken(audience);
  return reply(200, {
    access_token,
    expires_in: "86400",
    expires_on: "9999999999",
    resource: audience,
    token_type: "Bearer",
  });
}
