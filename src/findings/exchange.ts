/** Why secrets do not become a registry's credential. `<where>` is the service of AWS and its region. */
export const exchange = {
  "aws-clock": {
    message: "<where> rejects the time of the request: the clock of this machine is <minutes> minutes <direction>",
    hint: "set the clock of the machine, then run registry-login",
  },
  "aws-signature": {
    message: "<where> rejects the signature: the secret access key is wrong",
    hint: "check <identifier>_CONTAINER_REGISTRY_PASSWORD: it does not belong to the access key in <identifier>_CONTAINER_REGISTRY_USER",
  },
  "aws-action-denied": {
    message: "<where> rejects the AWS identity: it may not call <actions>",
    hint: "allow <actions> in the identity's IAM policy",
  },
  "aws-session-expired": {
    message: "<where> rejects the AWS session token: it has expired",
    hint: "set new temporary keys: <identifier>_CONTAINER_REGISTRY_USER, _PASSWORD and _SESSION_TOKEN belong together",
  },
  "aws-session-missing": {
    message: "<where> does not know the access key: it is a temporary one, and its session token is missing",
    hint: "set <identifier>_CONTAINER_REGISTRY_SESSION_TOKEN to the session token",
  },
  "aws-key-unknown": {
    message: "<where> does not know the access key",
    hint: "check <identifier>_CONTAINER_REGISTRY_USER (deleted, inactive, or of a different partition?)",
  },
  "aws-partition": {
    message: "<where> does not know the access key",
    hint: "check <identifier>_CONTAINER_REGISTRY_USER: ECR Public does not accept keys of AWS China and GovCloud",
  },
  "aws-no-identity": {
    message: "this machine has no AWS identity for <where>",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER and <identifier>_CONTAINER_REGISTRY_PASSWORD to an access key, or set up a profile, SSO login or role",
  },
  "aws-identity-rejected": {
    message: "<where> rejects the identity that this machine uses (<error>)",
    hint: "check the profile, the role or the SSO login that AWS's config names: aws sts get-caller-identity reports the same",
  },
  "aws-no-answer": {
    message: "no answer from <where> within <seconds> s",
    hint: "check the network, the proxy and the region in the host name",
  },
  "aws-busy": { message: "<where> cannot answer now (<error>)", hint: "try again later" },
  "aws-no-route": {
    message: "cannot reach <where> (<error>)",
    hint: "check the network, the proxy and the region in the host name",
  },
  "aws-not-asked": {
    message: "cannot reach AWS at <host>: <who> answered instead",
    hint: "check the proxy, the firewall and the VPN between this machine and <host>, or whether the network requires a sign-in",
  },
  "aws-unknown": { message: "<where> answered <error>", hint: "check the access key and the region" },
  "aws-no-token": { message: "AWS answered without a registry token", hint: "try again later" },
  "acr-token-expired": {
    message: "the refresh token in <identifier>_CONTAINER_REGISTRY_PASSWORD expired at <time>",
    hint: "get a new one (az acr login --expose-token); a service principal or a token of the registry lasts longer",
  },
  "google-key-encoded": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is a key in base64",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to _json_key_base64",
  },
  "google-key-plain": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is a key in plain JSON",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to _json_key",
  },
  "google-key-form": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is not JSON",
    hint: "paste the whole JSON key file of the service account, from { to }",
  },
  "google-key-federation": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is a configuration of workload identity federation, not a key",
    hint: "paste the whole JSON key file of a service account, from { to }",
  },
  "google-key-incomplete": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is JSON without a private_key",
    hint: "paste the whole JSON key file of the service account, from { to }",
  },
  "google-key-not-base64": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD is not a JSON key in base64",
    hint: "encode the whole key file: base64 -w0 key.json",
  },
  "google-user": {
    message: "<host> rejected the login: Google does not know the user <user>",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to _json_key (a key file), _json_key_base64 (the same in base64) or oauth2accesstoken",
  },
  "npm-token-form": {
    message: "the token of <identifier> contains characters that .npmrc cannot hold",
    hint: "use a GitHub token as the password",
  },
} as const;
