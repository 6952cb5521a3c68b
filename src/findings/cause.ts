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
  "root-identity": "root does not use the files and variables of a user, only the identity of the machine",
  "file-missing": "there is no such file",
  "file-unreadable": "it cannot be read (<error>)",
  "source-unset": "it is not set",
  "variable-unset": "<variable> is not set",
  "variable-forbids": "<variable> turns it off",
  "metadata-silent": "no answer within <seconds> s",
  "metadata-error": "it cannot be reached (<error>)",
  "metadata-unreachable": "it cannot be reached from here",
  "metadata-public": "<address> is not an address of this machine or network",
  "metadata-scheme": "its address is not an http address",
  "metadata-address": "<variable> is not a valid address",
  "metadata-foreign": "what answers is not <cloud>'s metadata service",
  "service-fabric": "the identity of a Service Fabric cluster is not supported",
  "azure-identity-unassigned": "no managed identity is assigned",
  "az-signed-out": "it is not logged in",
  "program-missing": "it is not installed",
  "program-exit": "exit code <status>",
  "answer-status": "it answered <status>",
  "answer-version": "its answer is not of version 1",
  "answer-error": "its answer is an error",
  "answer-expired": "its token has expired",
  "answer-empty": "its answer has no token",
  "address-invalid": "its address is not an http or https address",
  "content-empty": "it is empty",
  "field-missing": "it has no field <field>",
  "aws-role-missing": "it has no key for a role",
  "aws-region-missing": "it names no region",
  "root-no-secret": "its secret is not set in this environment, or is never stored (GITHUB_TOKEN)",
} as const;

export type Cause = keyof typeof CAUSES;

/** The text of a cause. */
export function cause<C extends Cause>(name: C, ...[values]: Values<Names<(typeof CAUSES)[C]>>): string {
  return fill(CAUSES[name], values);
}
