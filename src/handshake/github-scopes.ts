import type { Send } from "../network/http.ts";
import { withTimeLimit } from "../platform/time-limit.ts";

const TIME_LIMIT_MS = 3_000;

/**
 * May this GitHub token write packages? The API returns the scopes of a classic token in a header; the tokens of
 * codespaces and workflows have none and can only pull. Returns false when the API cannot be reached.
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function mayWritePackages(token: string, send: Send): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const url = new URL("https://api.github.com/");
    const answer = await withTimeLimit(TIME_LIMIT_MS, (signal) => send(url, { headers, signal }));
    const scopes = answer.headers["x-oauth-scopes"];
    return typeof scopes === "string" && scopes.split(/,\s*/).includes("write:packages");
  } catch {
    return false;
  }
}
