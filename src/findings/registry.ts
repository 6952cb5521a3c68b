/** Why a registry, or the token service that it names, does not accept a login. `<who>` is a host or "the token service HOST". */
export const registry = {
  redirected: {
    message: "<host> redirects to <target>, as a web site does",
    hint: "write the registry's own host name as the server; credentials do not follow a redirect",
  },
  "web-page": {
    message: "<host> answers with a web page, not as a registry",
    hint: "check the host name: a registry often has its own, like registry.gitlab.com for gitlab.com",
  },
  "server-unencrypted": {
    message: "<host> does not answer with TLS: a password would be sent unencrypted over the network, so none was sent",
    hint: "docker uses the saved login if its engine has <host> in insecure-registries (/etc/docker/daemon.json), podman if registries.conf says insecure = true for it",
  },
  "not-a-registry": {
    message: "<who> answered <status>",
    hint: "check the host name and the port of the server: a container registry answers differently at /v2/",
  },
  "rejected-before": {
    message: "<host> rejected the same secrets of <identifier> earlier (<cause>); they were not sent again",
    hint: "<hint>; then run registry-login to try again",
  },
  "too-many-requests": {
    message: "<who> answered <status>: it got too many requests or rejected logins; it did not check the password",
    hint: "try again <when>",
  },
  "login-locked": {
    message: "<who> answered <status>: logins are locked after failed ones; the password was not checked",
    hint: "stop what still logs in with a wrong password, and try again <when>",
  },
  "login-unproven": {
    message: "<host> also accepts requests without a login, so it may not have checked the password",
    hint: "to check it, name an image that only this login may pull: registry-login doctor <host>/NAME:TAG",
  },
  "registry-busy": { message: "<who> answered <status>", hint: "try again <when>" },
  "header-too-long": {
    message: "<who> answered <status>",
    hint: "check that the password is the right one: it is too long for this server",
  },
  "machine-refused": {
    message: "<who> rejects this machine (<status>); no password was sent",
    hint: "check the firewall, the IP rules and the VPN between this machine and the registry",
  },
  "acr-firewall": {
    message: "the firewall of <host> rejects this machine",
    hint: "add this machine's address to the registry's network rules, or use its private endpoint or VPN",
  },
  "no-challenge": {
    message: "<host> does not say how to log in",
    hint: "check that the server is a container registry: container clients log in with Basic or Bearer",
  },
  "unknown-challenge": {
    message: "<host> offers only the login <schemes>",
    hint: "check that the server is a container registry: container clients log in with Basic or Bearer",
  },
  "token-service-untrusted": {
    message: "the token service of <host> is not trusted: <cause>; no credential was sent to it",
    hint: "ask the registry's administrator to correct the realm of its challenge",
  },
  "token-service-failed": {
    message: "the token service of <host> does not work from here: <cause>",
    hint: "<advice>",
  },
  "token-missing": {
    message: "the token service <host> answered without a token",
    hint: "try again later; if that does not help, ask the registry's administrator",
  },
  "credential-refused": {
    message: "<who> rejected the login (<status>)",
    hint: "check <identifier>_CONTAINER_REGISTRY_USER and <identifier>_CONTAINER_REGISTRY_PASSWORD (mistyped, expired, revoked?), then run registry-login",
  },
  "credential-expired": {
    message: "<who> rejected the login (<status>): the password or token has expired",
    hint: "set <identifier>_CONTAINER_REGISTRY_PASSWORD to a new one, then run registry-login",
  },
  "ecr-token-refused": {
    message: "<who> rejected the token (<status>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER and _PASSWORD to an AWS access key, which never expires by itself; a token (aws ecr get-login-password --region <region>) is valid for 12 hours, in its region",
  },
  "hub-email": {
    message: "<who> rejected the login (<status>): the user is an e-mail address",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to the Docker ID, the name in your profile on hub.docker.com",
  },
  "hub-organization-token": {
    message: "<who> rejected the organization's access token (<status>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to the name of the organization that the token is from; if it is, the token is mistyped, expired or revoked",
  },
  "gitlab-token-needed": {
    message: "<who> rejected the login (<status>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_PASSWORD to a deploy token or personal access token with read_registry: accounts with two-factor authentication do not accept passwords",
  },
  "ocir-user": {
    message: "<who> rejected the login (<status>): the user has no tenancy namespace",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to NAMESPACE/USER (or NAMESPACE/DOMAIN/USER), and _PASSWORD to an auth token of that user",
  },
  "ngc-user": {
    message: "<who> rejected the login (<status>): the user is not $oauthtoken",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to $oauthtoken (in single quotes in a shell, $$oauthtoken in a compose file), and _PASSWORD to an API key",
  },
  "hub-token-needed": {
    message: "<who> rejected the login (<status>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_PASSWORD to a personal access token: accounts with two-factor authentication or single sign-on do not accept passwords",
  },
  "github-token-refused": {
    message: "<who> rejected GITHUB_TOKEN (<status>)",
    hint: "start the codespace or workflow again for a new GITHUB_TOKEN, then run registry-login",
  },
  "gh-token-refused": {
    message: "<who> rejected the token of the GitHub CLI (<status>)",
    hint: "run gh auth refresh --hostname <github> --scopes read:packages, then run registry-login",
  },
  "gitlab-token-refused": {
    message: "<who> rejected the user and the password that GitLab CI set for this job (<status>)",
    hint: "they are valid only while the job runs: retry the job, or set secrets with a deploy token for <who>",
  },
  "ghcr-token-refused": {
    message: "<who> rejected the login (<status>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_PASSWORD to a classic personal access token with read:packages; if the organization uses single sign-on, authorize the token for it",
  },
  "acr-admin-disabled": {
    message: "<who> rejected its admin user (<status>)",
    hint: "enable it (az acr update --admin-enabled true), or use a token of the registry or a service principal",
  },
  "npm-token-unknown": {
    message: "<host> does not know the token",
    hint: "set <identifier>_CONTAINER_REGISTRY_PASSWORD to a GitHub token with read:packages",
  },
  bug: {
    message: "registry-login failed with an unexpected error at <host>; other registries are not affected",
    hint: "run registry-login and report the lines that it prints on stderr as a bug",
  },
  "hub-rate-limit": {
    message: "Docker Hub's pull limit is used up for now (<limit>)",
    hint: "wait until it is reset, or log in to Docker Hub: a paid account has no limit",
  },
} as const;
