import type { RecogniseKind } from "./kind.ts";

/** GitHub's npm registry: part of the convention, but no container client reads it, so it has no keys. */
export const npm: RecogniseKind = ({ host }) => (host === "npm.pkg.github.com" ? { kind: "npm", keys: [] } : undefined);
