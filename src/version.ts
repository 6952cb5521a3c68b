// What the build says about its result (scripts/build.ts, scripts/single-file.ts).
declare const REGISTRY_LOGIN_VERSION: string | undefined;
declare const REGISTRY_LOGIN_SINGLE_FILE: boolean | undefined;

/** The version of the Feature or the package that this agent was built into; from source there is none. */
export const VERSION = typeof REGISTRY_LOGIN_VERSION === "string" ? REGISTRY_LOGIN_VERSION : "development";

/** Whether this is the program in one file, which contains its Node: `process.execPath` is then the program itself. */
export const IS_SINGLE_FILE = typeof REGISTRY_LOGIN_SINGLE_FILE === "boolean" && REGISTRY_LOGIN_SINGLE_FILE;
