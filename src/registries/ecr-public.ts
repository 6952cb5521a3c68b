import type { RecognizeKind } from "./kind.ts";

/** The dual-stack name, which is also reachable over IPv6. */
const DUAL_STACK = "ecr-public.aws.com";

/** AWS ECR Public. Source: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html */
export const ecrPublic: RecognizeKind = ({ host }) =>
  host === "public.ecr.aws" || host === DUAL_STACK ? { kind: "ecr-public", dualStack: host === DUAL_STACK } : undefined;
