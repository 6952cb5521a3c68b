import type { RecognizeKind } from "./kind.ts";

/** GitHub's container registry. Source: https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry */
export const ghcr: RecognizeKind = ({ host }) => (host === "ghcr.io" ? { kind: "ghcr" } : undefined);
