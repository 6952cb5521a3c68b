import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Clue } from "./clues.ts";
import { githubOf } from "./github-scopes.ts";
import type { Verdict } from "./verdict.ts";

/** Why a registry rejects a login: the finding for its kind and this request, with a hint that names the secrets. */
export function explainRefusal(request: LoginRequest, { said, code, detail, hint }: Verdict): Explanation {
  const { identifier, registry, user } = request;
  const { host, region } = registry;
  if (code === "npm-token-unknown") return explain(code, { identifier, host });
  if (said === undefined) return { code: code ?? "credential-refused", message: detail, hint };
  if (registry.kind === "google" && !GOOGLE_USERS.has(user ?? "")) {
    return explain("google-user", { identifier, host, user: user ?? "" });
  }
  const { who, status, clue } = said;
  return explain(codeOf(request, clue), {
    who,
    status,
    identifier,
    region: region ?? "us-east-1",
    github: githubOf(host),
  });
}

const GOOGLE_USERS = new Set(["_json_key", "_json_key_base64", "oauth2accesstoken"]);

/** Docker Hub's access tokens: of persons and organizations, and those without a prefix that it made before 2021. */
const HUB_TOKEN = /^dckr_[a-z]+_|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Source: https://docs.gitlab.com/security/tokens/#token-prefixes */
const GITLAB_TOKEN = /^gl(?:pat|dt|ptt|cbt|oas|soat|rt|imt|agent|ft)-/;

/** Source: https://docs.oracle.com/iaas/Content/Registry/Concepts/registryprerequisites.htm */
const ORACLE_HOST = /^[a-z0-9-]+\.ocir\.io$|^ocir\.[a-z0-9-]+\.oci\.[a-z0-9-]+\.com$/;

function codeOf({ source, registry, user, password, exchange }: LoginRequest, clue: Clue | undefined) {
  if (source === "gitlab") return "gitlab-token-refused";
  if (source === "github-token") {
    // The tokens of the GitHub CLI begin so; those of codespaces and workflows do not.
    return password?.startsWith("gho_") ? "gh-token-refused" : "github-token-refused";
  }
  const login = { host: registry.host, user: user ?? "", password: password ?? "" };
  switch (registry.kind) {
    case "docker-hub":
      return codeOfHub(login);
    case "ghcr":
      return "ghcr-token-refused";
    case "acr":
      return isAzureAdmin(login) ? "acr-admin-disabled" : byClue(clue);
    case "ecr":
    case "ecr-public":
      return exchange === null ? "ecr-token-refused" : byClue(clue);
    case "generic":
      return codeOfOthers(login, clue);
    default:
      return byClue(clue);
  }
}

interface Login {
  readonly host: string;
  readonly user: string;
  readonly password: string;
}

function codeOfHub({ user, password }: Login) {
  // An organization's token has the organization as its user.
  if (password.startsWith("dckr_oat_")) return "hub-organization-token";
  if (user.includes("@")) return "hub-email";
  return HUB_TOKEN.test(password) ? "credential-refused" : "hub-token-needed";
}

/**
 * The admin user has the name of the registry. That of a login server with a hash (`acme-f4g5h6.azurecr.io`) has none.
 * Source: https://learn.microsoft.com/azure/container-registry/container-registry-get-started-portal, "domain name label scope"
 */
function isAzureAdmin({ host, user }: Login): boolean {
  const [label = ""] = host.split(".");
  return [label, label.replace(/-[a-z0-9]+$/, "")].includes(user.toLowerCase());
}

/** Registries that are known by their host or their answer. */
function codeOfOthers({ host, user, password }: Login, clue: Clue | undefined) {
  const name = host.replace(/:[0-9]+$/, "");
  if (name === "nvcr.io" && user !== "$oauthtoken") return "ngc-user";
  if (ORACLE_HOST.test(name) && !user.includes("/")) return "ocir-user";
  const isGitlab = clue === "gitlab" || name === "registry.gitlab.com";
  return isGitlab && !GITLAB_TOKEN.test(password) ? "gitlab-token-needed" : byClue(clue);
}

function byClue(clue: Clue | undefined) {
  return clue === "expired" ? "credential-expired" : "credential-refused";
}
