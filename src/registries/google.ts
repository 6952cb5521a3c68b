import type { RecognizeKind } from "./kind.ts";

const HOST =
  /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|docker\.[a-z0-9-]+\.rep\.pkg\.dev|docker\.s3nsregistry\.fr)$/;

/**
 * Google's Artifact Registry and the former Container Registry, and the S3NS cloud that Google runs in France.
 * Source: https://cloud.google.com/artifact-registry/docs/repositories/repo-locations
 */
export const google: RecognizeKind = ({ host }) => (HOST.test(host) ? { kind: "google" } : undefined);
