import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Verdict } from "./verdict.ts";

/** Why a registry rejects a login: the finding for its kind and this request, with a hint that names the secrets. */
export function explainRefusal(request: LoginRequest, { said, code, detail, hint }: Verdict): Explanation {
  const { identifier, registry, user } = request;
  const { host } = registry;
  if (code === "npm-token-unknown") return explain(code, { identifier, host });
  if (said === undefined) return { code: code ?? "credential-refused", message: detail, hint };
  if (registry.kind === "google" && !GOOGLE_USERS.has(user ?? "")) {
    return explain("google-user", { identifier, host, user: user ?? "" });
  }
  return explain(codeOf(request), { ...said, identifier });
}

const GOOGLE_USERS = new Set(["_json_key", "_json_key_base64", "oauth2accesstoken"]);

function codeOf({ source, registry, user, password }: LoginRequest) {
  if (source === "gitlab") return "gitlab-token-refused";
  if (source === "github-token") {
    // The tokens of the GitHub CLI begin so; those of codespaces and workflows do not.
    return password?.startsWith("gho_") ? "gh-token-refused" : "github-token-refused";
  }
  switch (registry.kind) {
    case "docker-hub":
      // Docker Hub's own prefixes of access tokens: personal ones, and those of an organization.
      return /^dckr_[a-z]+_/.test(password ?? "") ? "credential-refused" : "hub-token-needed";
    case "ghcr":
      return "ghcr-token-refused";
    case "acr":
      // The admin user has the name of the registry.
      return user?.toLowerCase() === registry.host.split(".")[0] ? "acr-admin-disabled" : "credential-refused";
    default:
      return "credential-refused";
  }
}
