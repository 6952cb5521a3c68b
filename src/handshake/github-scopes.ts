import type { Send } from "../network/http.ts";
import { withTimeLimit } from "../platform/time-limit.ts";

const TIME_LIMIT_MS = 3_000;

/** The host of the GitHub that a container registry belongs to. */
export function githubOf(registry: string): string {
  return registry === "ghcr.io" ? "github.com" : registry.replace(/^containers\./, "");
}

/** The API of the GitHub that a container registry belongs to; a token is sent to no other. */
function apiOf(registry: string): string {
  const github = githubOf(registry);
  if (github === "github.com") return "https://api.github.com/";
  return github.endsWith(".ghe.com") ? `https://api.${github}/` : `https://${github}/api/v3/`;
}

/**
 * The scopes of a classic or OAuth token of GitHub, which the API returns in a header.
 * @param registry the host of GitHub's container registry
 * @returns null where it has none: the API cannot be reached, or the token is one of a codespace, a workflow or an app
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function readScopes(registry: string, token: string, send: Send): Promise<readonly string[] | null> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const url = new URL(apiOf(registry));
    const answer = await withTimeLimit(TIME_LIMIT_MS, (signal) => send(url, { headers, signal }));
    const scopes = answer.headers["x-oauth-scopes"];
    const names = typeof scopes === "string" ? scopes.split(",").map((scope) => scope.trim()) : [];
    return names.join("") === "" ? null : names;
  } catch {
    return null;
  }
}
