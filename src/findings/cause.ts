import { fill, type Names, type Values } from "./template.ts";

/** What fills `<cause>` in a finding that has one code for several causes. */
export const CAUSES = {
  "realm-missing": "its challenge names no address (realm)",
  "realm-invalid": "its address is not valid",
  "realm-scheme": "its address is not an https address",
  "realm-user": "its address contains a user name",
  "realm-unencrypted": "<address> is not reached over https",
  "realm-internal": "<address> is an internal address, and the registry's is not",
  "certs-file": "<file> is missing, or cannot be read",
  "certs-pair": "a certificate and its key do not belong together",
  "image-host": "its host is not valid",
  "image-digests": "it contains more than one @",
  "image-length": "it is too long",
  "image-case": "its path must be in lower case",
  "image-path": "its path is not valid",
  "image-tag": "its tag is not valid",
  "image-digest": "its digest is not valid",
  "image-digest-algorithm": "its digest is not of sha256, sha384 or sha512",
  "image-digest-length": "its digest is too short or too long",
  "image-id": "it is the ID of an image or a container",
  "secrets-set": "the secrets <identifier>_CONTAINER_REGISTRY_* are set",
  "github-token-set": "GITHUB_TOKEN is set",
  "helper-different": "is a different program",
  "helper-open": "can be replaced by another user",
  "helper-relative": "is in a relative folder of the PATH, from which clients run nothing",
  "root-unfinished": "the login as root did not finish",
  "root-logout-unfinished": "the logout as root did not finish",
  "root-refused": "sudo is not installed, requires a password, or denies the user",
  "root-aws-settings":
    "root does not use the AWS profiles of a user; it needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the identity of the machine",
  "root-no-secret": "its secret is not set in this environment, or is never stored (GITHUB_TOKEN)",
} as const;

export type Cause = keyof typeof CAUSES;

/** The text of a cause. */
export function cause<C extends Cause>(name: C, ...[values]: Values<Names<(typeof CAUSES)[C]>>): string {
  return fill(CAUSES[name], values);
}
