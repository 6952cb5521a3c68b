import { generateKeyPairSync, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { basic } from "../encoding.ts";
import { type Cloud, type CloudReply, type CloudRequest, readRequest, reply, send } from "./requests.ts";

export const CONNECTION = "33333333-3333-4333-8333-333333333333";
export const ORGANIZATION = "acme";
const ISSUER = "https://token.actions.githubusercontent.com";
const AUDIENCE = "https://identity.docker.com";
const ACTIONS = "pipelines.actions.githubusercontent.com";
const IDENTITY = "identity.docker.com";
const REGISTRY = "registry-1.docker.io";
const AUTH = "auth.docker.io";

const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** GitHub's token service for jobs, Docker's identity service, and Docker Hub. They check what the real ones check. */
export interface DockerHub extends Cloud {
  readonly exchanges: readonly CloudRequest[];
  readonly tokens: readonly string[];
  now: () => number;
  fault: (request: CloudRequest) => CloudReply | null;
}

/** The variables of a job that may have a token. */
export const JOB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: `https://${ACTIONS}/abc/00000000/_apis/distributedtask/token?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the-request-token",
  DOCKERHUB_OIDC_CONNECTIONID: CONNECTION,
  GITHUB_REPOSITORY_OWNER: "Acme",
};

export function createDockerHub(): DockerHub {
  const exchanges: CloudRequest[] = [];
  const tokens: string[] = [];
  const seconds = (): number => Math.floor(hub.now() / 1000);

  const answer = async ({ host, headers, query, form }: CloudRequest): Promise<CloudReply> => {
    if (host === ACTIONS) {
      if (headers.authorization !== "Bearer the-request-token" || query["api-version"] !== "2.0") return reply(401, {});
      const token = new SignJWT({ repository: "acme/app" }).setProtectedHeader({ alg: "RS256" }).setIssuer(ISSUER);
      const value = await token
        .setAudience(query.audience ?? "")
        .setSubject("repo:acme/app:ref:refs/heads/main")
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + 300)
        .sign(KEY.privateKey);
      return reply(200, { value });
    }
    const options = { issuer: ISSUER, audience: AUDIENCE, currentDate: new Date(hub.now()) };
    const isJob = await jwtVerify(form.subject_token ?? "", KEY.publicKey, options).then(
      () => true,
      () => false,
    );
    const isExchange =
      form.grant_type === "urn:ietf:params:oauth:grant-type:token-exchange" &&
      form.subject_token_type === "urn:ietf:params:oauth:token-type:id_token";
    if (!isExchange || !isJob || form.connection_id !== CONNECTION) return reply(401, { error: "invalid_grant" });
    const access_token = randomUUID();
    tokens.push(access_token);
    return reply(200, { access_token, expires_in: Number(form.expires_in), token_type: "Bearer" });
  };

  const hub: DockerHub = {
    hosts: [ACTIONS, IDENTITY, REGISTRY, AUTH],
    exchanges,
    tokens,
    now: Date.now,
    fault: () => null,
    authorize: async (request, response) => {
      const { host = "", authorization = "" } = request.headers;
      if (host === AUTH) {
        const token = tokens.find((each) => authorization === basic(ORGANIZATION, each));
        send(response, token === undefined ? reply(401, {}) : reply(200, { token }), hub.now);
        return false;
      }
      if (host === REGISTRY) {
        if (tokens.includes(authorization.replace(/^Bearer /, ""))) return true;
        const challenge = `Bearer realm="https://${AUTH}/token",service="registry.docker.io"`;
        send(response, reply(401, {}, { "www-authenticate": challenge }), hub.now);
        return false;
      }
      const read = await readRequest(request);
      exchanges.push(read);
      send(response, hub.fault(read) ?? (await answer(read)), hub.now);
      return false;
    },
  };
  return hub;
}
