import type { RecognizeKind } from "./kind.ts";

// Public cloud, China (21Vianet), US Government, Germany. A login server may contain a hyphen: name-<hash>.azurecr.io.
const LOGIN_SERVER = /^[a-z0-9][a-z0-9-]*\.azurecr\.(?:io|cn|us|de)$/;

/** Azure Container Registry. Source: https://learn.microsoft.com/azure/container-registry/container-registry-concepts */
export const acr: RecognizeKind = ({ host }) => (LOGIN_SERVER.test(host) ? { kind: "acr" } : undefined);
