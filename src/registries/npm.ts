import type { RecognizeKind } from "./kind.ts";

/** GitHub's npm registry: in the convention of the secrets, but not used by container clients, so it has no keys. */
export const npm: RecognizeKind = ({ host }) => (host === "npm.pkg.github.com" ? { kind: "npm", keys: [] } : undefined);
