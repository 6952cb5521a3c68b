/**
 * Does this text begin like a token? A token that somebody entered as the user name is still a secret.
 * Source: the token formats of GitHub, Docker Hub and GitLab in their documentation.
 */
export function looksLikeToken(text: string): boolean {
  return /^(?:gh[pousr]_|github_pat_|dckr_[a-z]+_|glpat-)/.test(text);
}

/** Is this the ID of an AWS access key, permanent or temporary? Source: "IAM identifiers" in AWS's documentation. */
export function isAccessKeyId(text: string): boolean {
  return /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(text.trim());
}

/** Has this text the form of the secret that belongs to an AWS access key? Much else has that form, too. */
export function isSecretAccessKey(text: string): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(text.trim());
}

/**
 * What is a token by its form, wherever it is and whoever's it is, in a text in lower case: tokens of GitHub, Docker Hub
 * and GitLab, JSON in base64 (a JSON Web Token, or a token of AWS), and an AWS access key ID with its secret.
 */
export const TOKEN_FORMS =
  /(?<![a-z0-9])(?:(?:gh[pousr]_|github_pat_|dckr_[a-z]+_|glpat-)[a-z0-9_.-]{8,}|eyj[a-z0-9_-]{17,}(?:\.[a-z0-9_-]+)*=*|(?:akia|asia)[a-z0-9]{12,16}[^a-z0-9]{1,3}[a-z0-9/+]{40}|[a-z0-9/+]{40}[^a-z0-9/+]{1,3}(?:akia|asia)[a-z0-9]{12,16})(?![a-z0-9])/g;
