import type { RecognizeKind } from "./kind.ts";

/** AWS ECR Public. Source: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html */
export const ecrPublic: RecognizeKind = ({ host }) =>
  host === "public.ecr.aws" || host === "ecr-public.aws.com" ? { kind: "ecr-public" } : undefined;
