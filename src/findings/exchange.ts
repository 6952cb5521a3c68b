/** Why secrets do not become a registry's credential. */
export const exchange = {
  "aws-clock": {
    message: "<where> refuses the request's time: this clock is <minutes> minutes <direction>",
    hint: "set the clock of the machine, then run registry-login",
  },
  "aws-signature": {
    message: "<where> refuses the signature: the secret key is wrong",
    hint: "check <ID>_CONTAINER_REGISTRY_PASSWORD: it does not belong to the access key in _USER",
  },
  "aws-action-denied": {
    message: "the AWS identity may not call <actions>",
    hint: "allow it <actions> in its IAM policy",
  },
  "aws-session-expired": {
    message: "the AWS session token has expired",
    hint: "get fresh temporary keys: user, password and session token belong together",
  },
  "aws-session-missing": {
    message: "<where> does not know the access key",
    hint: "it is a temporary one, and needs its session token in <ID>_CONTAINER_REGISTRY_SESSION_TOKEN",
  },
  "aws-key-unknown": {
    message: "<where> does not know the access key",
    hint: "check <ID>_CONTAINER_REGISTRY_USER (deleted, inactive, of another partition?)",
  },
  "aws-partition": {
    message: "<where> does not know the access key",
    hint: "check <ID>_CONTAINER_REGISTRY_USER; keys of AWS China and GovCloud cannot work here: ECR Public only exists in the public partition",
  },
  "aws-no-identity": {
    message: "this machine has no AWS identity",
    hint: "set _USER and _PASSWORD to an access key, or give the container a profile, SSO login or role",
  },
  "aws-no-answer": {
    message: "no answer of <where> within <seconds> s",
    hint: "check the network, the proxy and the region in the host name",
  },
  "aws-busy": { message: "<where> cannot answer now (<error>)", hint: "try again later" },
  "aws-no-route": {
    message: "there is no way to <where> (<error>)",
    hint: "check the network, the proxy and the region in the host name",
  },
  "aws-unknown": { message: "<where> answered <error>", hint: "check the access key and the region" },
  "aws-no-token": { message: "AWS answered without a registry token", hint: "try again later" },
  "acr-token-expired": {
    message: "the refresh token has expired at <time>",
    hint: "get a new one (az acr login --expose-token); a service principal or a token of the registry lasts longer",
  },
  "google-key-encoded": {
    message: "the password is a key in base64",
    hint: "set the user to _json_key_base64",
  },
  "google-key-plain": { message: "the password is a key in plain JSON", hint: "set the user to _json_key" },
  "google-key-form": {
    message: "the password is not JSON",
    hint: "paste the whole JSON key file of the service account, from { to }",
  },
  "google-key-federation": {
    message: "the password is a configuration of workload identity federation, not a key",
    hint: "paste the whole JSON key file of a service account, from { to }",
  },
  "google-key-incomplete": {
    message: "the password is JSON without a private_key",
    hint: "paste the whole JSON key file of the service account, from { to }",
  },
  "google-key-not-base64": {
    message: "the password is not a JSON key in base64",
    hint: "encode the whole key file: base64 -w0 key.json",
  },
  "google-user": {
    message: "the registry refused the login: the user <user> is none that Google knows",
    hint: "set the user to _json_key (a key file), _json_key_base64 (the same in base64) or oauth2accesstoken",
  },
  "npm-token-form": {
    message: "the password is no token that .npmrc can hold",
    hint: "use a GitHub token as the password",
  },
} as const;
