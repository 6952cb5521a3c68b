import type { Send } from "../network/http.ts";
import { withTimeLimit } from "../platform/time-limit.ts";

const TIME_LIMIT_MS = 3_000;

/**
 * The scopes of a classic or OAuth token of GitHub, which the API returns in a header.
 * @returns null where it has none: the API cannot be reached, or the token is one of a codespace, a workflow or an app
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function readScopes(token: string, send: Send): Promise<readonly string[] | null> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const url = new URL("https://api.github.com/");
    const answer = await withTimeLimit(TIME_LIMIT_MS, (signal) => send(url, { headers, signal }));
    const scopes = answer.headers["x-oauth-scopes"];
    const names = typeof scopes === "string" ? scopes.split(",").map((scope) => scope.trim()) : [];
    return names.join("") === "" ? null : names;
  } catch {
    return null;
  }
}
