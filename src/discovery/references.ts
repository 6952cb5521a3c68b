import { type Explanation, explain } from "../findings/finding.ts";
import { parseJson } from "../platform/json.ts";
import type { Part } from "./request.ts";

/** How other programs write a reference to a value, which nobody resolved. Sources: the documentation of each. */
const REFERENCES: readonly { readonly tool: string; readonly pattern: RegExp }[] = [
  { tool: "1Password", pattern: /^op:\/\/./ },
  {
    tool: "Azure Key Vault",
    pattern: /^@Microsoft\.KeyVault\(.*\)$|^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/secrets\//i,
  },
  { tool: "AWS", pattern: /^arn:aws[a-z-]*:(?:secretsmanager|ssm):|^\{\{resolve:/ },
  { tool: "Google Secret Manager", pattern: /^(?:sm:\/\/)?projects\/[^/]+\/secrets\/[^/]+/ },
  { tool: "Vault", pattern: /^(?:vault:|ref\+)[^ ]+/ },
  { tool: "the Windows command prompt", pattern: /^%[A-Za-z_][A-Za-z0-9_]*%$/ },
  { tool: "PowerShell", pattern: /^\$env:[A-Za-z_][A-Za-z0-9_]*$/i },
  { tool: "a template", pattern: /^\{\{.*\}\}$|^<%.*%>$|^#\{.*\}#?$|^__[A-Z][A-Z0-9_]*__$/s },
  { tool: "YAML (a tag)", pattern: /^!(?:secret|vault|env|env_var|ref|sub|include|file)\b/i },
  { tool: "SOPS", pattern: /^ENC\[/ },
  { tool: "Ansible Vault", pattern: /^\$ANSIBLE_VAULT;/ },
  { tool: "a secrets file", pattern: /^(?:file:|@)?\/(?:run|var\/run)\/secrets\/./ },
];

/** Of the many programs that replace what looks like an address. As a server, it has a finding of its own. */
const ANY_SCHEME = { tool: "a secret manager", pattern: /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/./ };

/** The finding for a value that is a reference of another tool instead of a value; null for any other. */
export function explainReference(variable: string, part: Part, value: string): Explanation | null {
  const all = part === "SERVER" ? REFERENCES : [...REFERENCES, ANY_SCHEME];
  const found = all.find(({ pattern }) => pattern.test(value.trim()));
  return found === undefined ? null : explain("secret-reference", { variable, tool: found.tool });
}

/** The finding for a password that is more than that: a header, user and password, or a whole config.json; null for any other. */
export function explainWrapping(variable: string, user: string, password: string): Explanation | null {
  const text = password.trim();
  const [, scheme] = /^(?:authorization: *)?(bearer|basic|token) +[^ ]/i.exec(text) ?? [];
  if (scheme !== undefined) return explain("secret-header", { variable, scheme });
  const decoded = /^[A-Za-z0-9+/_-]{8,}=*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : "";
  for (const each of [text, decoded]) {
    if (isDockerConfig(each)) return explain("secret-config", { variable });
    if (user !== "" && each.startsWith(`${user}:`)) return explain("secret-with-user", { variable });
  }
  return null;
}

function isDockerConfig(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  const config = parseJson(text);
  return (
    typeof config === "object" &&
    config !== null &&
    ["auths", "auth", "credHelpers", "credsStore"].some((key) => key in config)
  );
}

/**
 * The finding for a user name whose dollar sign was doubled, or taken for the start of a variable; null for any other.
 * Sources: Harbor's robot accounts (`robot$name`, `robot$project+name`), NVIDIA's and Quay's `$oauthtoken`.
 */
export function explainDollar(variable: string, user: string): Explanation | null {
  if (/\$\$|\\\$/.test(user)) return explain("user-dollar-doubled", { variable });
  return /^robot(?:\+.*)?$|^oauthtoken$/i.test(user) ? explain("user-dollar-lost", { variable }) : null;
}
