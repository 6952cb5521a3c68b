import * as z from "zod/mini";
import type { LoginRequest } from "../discovery/request.ts";

/** The identity and the region of a registry token of AWS. `keys` is null for the default chain (profile, SSO, instance...). */
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

/** The user name of every registry token of AWS. */
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
