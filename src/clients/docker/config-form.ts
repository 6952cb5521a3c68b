import type { GoType } from "./go-json.ts";

const STRINGS: GoType = { map: "string" };

/** An entry of `auths`. Source: docker/cli `cli/config/types.AuthConfig` */
const AUTH: GoType = {
  struct: {
    username: "string",
    password: "string",
    auth: "string",
    email: "string",
    serveraddress: "string",
    identitytoken: "string",
    registrytoken: "string",
  },
};

const PROXY: GoType = {
  struct: { httpProxy: "string", httpsProxy: "string", noProxy: "string", ftpProxy: "string", allProxy: "string" },
};

/** Settings of docker's that are texts. */
const TEXTS = [
  "psFormat",
  "imagesFormat",
  "networksFormat",
  "pluginsFormat",
  "volumesFormat",
  "statsFormat",
  "detachKeys",
  "credsStore",
  "serviceInspectFormat",
  "servicesFormat",
  "tasksFormat",
  "secretFormat",
  "configFormat",
  "nodesFormat",
  "currentContext",
  "experimental",
];

/**
 * docker's config.json. A wrong type of any setting keeps docker from decoding the logins.
 * Source: docker/cli `cli/config/configfile.ConfigFile`
 */
export const DOCKER_FORM: GoType = {
  struct: {
    ...Object.fromEntries(TEXTS.map((name) => [name, "string" as const])),
    auths: { map: AUTH },
    credHelpers: STRINGS,
    HttpHeaders: STRINGS,
    pruneFilters: { list: "string" },
    proxies: { map: PROXY },
    cliPluginsExtraDirs: { list: "string" },
    plugins: { map: STRINGS },
    aliases: STRINGS,
    features: STRINGS,
  },
};

/** The part of it into which logins are written. */
export const EDIT_FORM: GoType = {
  struct: { auths: { map: { struct: {} } }, credHelpers: STRINGS, credsStore: "string" },
};

/** The variable DOCKER_AUTH_CONFIG. Source: docker/cli `cli/config/configfile.parseEnvConfig` */
export const VARIABLE_FORM: GoType = { struct: { auths: { map: { struct: { auth: "string" } } } } };

const PODMAN_AUTHS: GoType = { map: { struct: { auth: "string", identitytoken: "string" } } };

/** What podman, skopeo and buildah read of their files and docker's. Source: containers/image `dockerConfigFile` */
export const PODMAN_FORM: GoType = { struct: { auths: PODMAN_AUTHS, credHelpers: STRINGS } };

/** ~/.dockercfg of docker's old versions, as they read it: the entries alone. */
export const OLD_FORM: GoType = PODMAN_AUTHS;
