import * as z from "zod/mini";
import type { LoginRequest } from "../discovery/request.ts";
import { sha256 } from "../platform/crypto.ts";
import { parseJson } from "../platform/json.ts";
import { ACR_TOKEN_USER } from "./acr.ts";
import { AWS_USER, awsIdentity, awsIdentityOf } from "./aws-identity.ts";

/**
 * An identity of Google, which opens every registry of its universe (Google's own cloud, or one that a partner runs).
 * `key` is a service account's key from the secrets; null for the machine's own identity.
 */
const googleIdentity = z.object({
  service: z.literal("google"),
  universe: z.string(),
  key: z.nullable(z.string()),
});

/** The machine's own identity of Azure. A token opens one registry. */
const azureIdentity = z.object({ service: z.literal("acr"), host: z.string() });

/** A GitHub Actions job that Docker Hub trusts: the organization that its token is for. */
const hubIdentity = z.object({ service: z.literal("docker-hub"), organization: z.string() });

/** Who a registry token is for, and where it comes from. */
export const identity = z.union([awsIdentity, googleIdentity, azureIdentity, hubIdentity]);

export type Identity = z.infer<typeof identity>;
export type GoogleIdentity = z.infer<typeof googleIdentity>;
export type AzureIdentity = z.infer<typeof azureIdentity>;
export type HubIdentity = z.infer<typeof hubIdentity>;

/** The user name of every access token of Google. */
export const GOOGLE_TOKEN_USER = "oauth2accesstoken";

const GOOGLE_UNIVERSE = "googleapis.com";
/** The API domain of S3NS, the cloud that Google runs in France. */
const S3NS_UNIVERSE = "s3nsapis.fr";

/** The identity of a request that has to be exchanged; null for any other. */
export function identityOf(request: LoginRequest): Identity | null {
  const { registry, exchange, user, password } = request;
  switch (exchange) {
    case null:
      return null;
    case "google-adc":
    case "google-key": {
      const universe = registry.host.endsWith(".s3nsregistry.fr") ? S3NS_UNIVERSE : GOOGLE_UNIVERSE;
      return { service: "google", universe, key: exchange === "google-key" ? keyOf(user, password ?? "") : null };
    }
    case "azure-identity":
      return { service: "acr", host: registry.host };
    case "docker-oidc":
      return { service: "docker-hub", organization: user ?? "" };
    default:
      return awsIdentityOf(request);
  }
}

/** The fields of a key file that an exchange needs, as JSON: the rest would only be stored for nothing. */
function keyOf(user: string | null, password: string): string {
  const text = user === "_json_key_base64" ? Buffer.from(password, "base64").toString("utf8") : password;
  const parsed = keyFile.safeParse(parseJson(text));
  return JSON.stringify(parsed.success ? parsed.data : {});
}

const keyFile = z.object({
  type: z.optional(z.string()),
  client_email: z.optional(z.string()),
  private_key: z.optional(z.string()),
  private_key_id: z.optional(z.string()),
  universe_domain: z.optional(z.string()),
});

/** The user name that clients present with a token of an identity. */
export function userOf(of: Identity): string {
  switch (of.service) {
    case "google":
      return GOOGLE_TOKEN_USER;
    case "acr":
      return ACR_TOKEN_USER;
    case "docker-hub":
      return of.organization;
    default:
      return AWS_USER;
  }
}

/** What of an identity is secret. */
export function secretsOfIdentity(of: Identity): readonly (string | null | undefined)[] {
  switch (of.service) {
    case "google":
      return [of.key === null ? null : keyFile.safeParse(parseJson(of.key)).data?.private_key];
    case "ecr":
    case "ecr-public":
      return [of.keys?.secretAccessKey, of.keys?.sessionToken];
    default:
      return [];
  }
}

/**
 * The name under which a vault keeps the token of one identity; every registry that the token opens shares it.
 * @returns 32 hexadecimal digits
 */
export function tokenName(of: Identity): string {
  const parts = "keys" in of ? [of.service, of.region, of.keys] : [of];
  return sha256(JSON.stringify(parts)).slice(0, 32);
}
