import type { RecognizeKind } from "./kind.ts";

const HOST = /^npm\.(?:pkg\.github\.com|[a-z0-9-]+\.ghe\.com)$/;

/**
 * GitHub's npm registries: in the convention of the secrets, but not used by container clients, so they have no keys.
 * Source: https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-npm-registry
 */
export const npm: RecognizeKind = ({ host }) => (HOST.test(host) ? { kind: "npm", keys: [] } : undefined);
