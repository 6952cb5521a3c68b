import type { Send } from "./http.ts";

const TIME_LIMIT_MS = 3_000;

/**
 * May this GitHub token write packages? The API returns the scopes of a classic token in a header; the tokens of
 * codespaces and workflows have none and can only pull. Returns false when the API cannot be reached.
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function mayWritePackages(token: string, send: Send): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await send(new URL("https://api.github.com/"), {
      headers,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const scopes = answer.headers["x-oauth-scopes"];
    return typeof scopes === "string" && scopes.split(/,\s*/).includes("write:packages");
  } catch {
    return false;
  }
}
