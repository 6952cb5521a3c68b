import { createRequire } from "node:module";

// An empty Node starts in 37 ms. node:crypto takes 11 ms more to load and node:net 6 ms, and most answers of the credential
// helper need neither: so they are loaded at the first call (docs/decisions/008-bundle.md).

// The folder only matters for modules that are files.
const load = createRequire("/");

/** node:crypto */
export const loadCrypto = () => load("node:crypto") as typeof import("node:crypto");

/** node:child_process */
export const loadChildProcess = () => load("node:child_process") as typeof import("node:child_process");

/** node:http */
export const loadHttp = () => load("node:http") as typeof import("node:http");

/** node:net */
export const loadNet = () => load("node:net") as typeof import("node:net");
