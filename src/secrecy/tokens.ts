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

/** An access key ID as a word of a text, like one in quotes, with its secret as another word. */
const KEY_ID_IN_TEXT = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}(?![A-Za-z0-9])/;
const SECRET_IN_TEXT = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/;

/**
 * Would user and password show the secret of an AWS access key to whoever gets them: a key pair, in one order or the other,
 * or both in the password? Whatever the password of an access key ID looks like, it is its secret.
 */
export function holdsAccessKey(user: string, password: string): boolean {
  if (new RegExp(KEY_ID_IN_TEXT, "i").test(user)) return true;
  if (!KEY_ID_IN_TEXT.test(password)) return false;
  return holdsSecretAccessKey(user) || holdsSecretAccessKey(password);
}

/** Is there a word in this text that has the form of the secret of an AWS access key? */
export function holdsSecretAccessKey(text: string): boolean {
  return SECRET_IN_TEXT.test(text);
}

/**
 * What is a token by its form, wherever it is and whoever's it is, in a text in lower case: tokens of GitHub, Docker Hub
 * and GitLab, JSON in base64 (a JSON Web Token, or a token of AWS), and an AWS access key ID with its secret.
 */
export const TOKEN_FORMS =
  /(?<![a-z0-9])(?:(?:gh[pousr]_|github_pat_|dckr_[a-z]+_|glpat-)[a-z0-9_.-]{8,}|eyj[a-z0-9_-]{17,}(?:\.[a-z0-9_-]+)*=*|(?:akia|asia)[a-z0-9]{12,16}[^a-z0-9]{1,3}[a-z0-9/+]{40}|[a-z0-9/+]{40}[^a-z0-9/+]{1,3}(?:akia|asia)[a-z0-9]{12,16})(?![a-z0-9])/g;
