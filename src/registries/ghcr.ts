import type { RecognizeKind } from "./kind.ts";

/**
 * GitHub's container registry, and those of companies whose GitHub is below ghe.com. That of a GitHub Enterprise Server
 * cannot be told by its name.
 * Source: https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry
 */
export const ghcr: RecognizeKind = ({ host }) =>
  host === "ghcr.io" || /^(?:[a-z0-9-]+\.)+ghe\.com$/.test(host) ? { kind: "ghcr" } : undefined;
