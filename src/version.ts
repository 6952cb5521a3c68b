declare const REGISTRY_LOGIN_VERSION: string | undefined;

/** The version of the Feature that this agent was built into; from source there is none. */
export const VERSION = typeof REGISTRY_LOGIN_VERSION === "string" ? REGISTRY_LOGIN_VERSION : "development";
