import * as z from "zod/mini";
import type { LoginRequest } from "../discovery/request.ts";

/** Whom AWS shall give a registry token, and where. `keys` is null for the default chain (profile, SSO, instance...). */
export const awsIdentity = z.object({
  service: z.enum(["ecr", "ecr-public"]),
  region: z.string(),
  fips: z.boolean(),
  dualStack: z.boolean(),
  keys: z.nullable(
    z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.nullable(z.string()) }),
  ),
});

export type AwsIdentity = z.infer<typeof awsIdentity>;

/** The user name that goes with every registry token of AWS. */
export const AWS_USER = "AWS";

/** The token API of ECR Public exists in one region only. */
const PUBLIC_REGION = "us-east-1";

/** The identity of a request that AWS has to exchange; null for any other. */
export function awsIdentityOf({ registry, user, password, sessionToken, exchange }: LoginRequest): AwsIdentity | null {
  if (exchange === null) return null;
  const service = registry.kind === "ecr-public" ? "ecr-public" : "ecr";
  return {
    service,
    region: service === "ecr-public" ? PUBLIC_REGION : (registry.region ?? ""),
    fips: registry.fips,
    dualStack: registry.dualStack,
    keys:
      user === null || password === null
        ? null
        : { accessKeyId: user, secretAccessKey: password, sessionToken: sessionToken ?? null },
  };
}

/**
 * A name for the tokens of one identity in one region, which are good for every registry that it reaches there. It only
 * tells identities apart, beside the keys themselves: 64 bits do (FNV-1a), and Node's crypto, which takes long to load, can
 * wait until the connection is being made.
 * Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function tokenName({ service, region, keys }: AwsIdentity): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(JSON.stringify([service, region, keys]))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
