/** What a registry, or the token service that it names, can have against a login. */
export const registry = {
  redirected: {
    message: "the server redirects to <target>, as a web site does",
    hint: "write the registry's own host name as the server; credentials do not follow a redirect",
  },
  "web-page": {
    message: "the server answers with a web page, not as a registry",
    hint: "check the host name: a registry often has one of its own, like registry.gitlab.com for gitlab.com",
  },
  "not-a-registry": {
    message: "<who> answered <status>",
    hint: "a container registry answers otherwise at /v2/: check the host name and the port of the server",
  },
  "registry-busy": { message: "<who> answered <status>", hint: "try again <when>" },
  "header-too-long": {
    message: "<who> answered <status>",
    hint: "the password is too long for it: check that it is the right one",
  },
  "machine-refused": {
    message: "<who> answered <status>",
    hint: "no password was sent yet: it refuses this machine (firewall, IP rule, VPN)",
  },
  "acr-firewall": {
    message: "the registry's firewall does not let this machine in",
    hint: "add this machine's address to the registry's network rules, or use its private endpoint or VPN",
  },
  "no-challenge": {
    message: "the registry does not say how to log in",
    hint: "container clients log in by Basic or Bearer: check that the server is a container registry",
  },
  "unknown-challenge": {
    message: "the registry only knows the login <schemes>",
    hint: "container clients log in by Basic or Bearer: check that the server is a container registry",
  },
  "token-service-untrusted": {
    message: "the token service <reason>; no credential was sent to it",
    hint: "ask the registry's administrator: the realm of its challenge is not one that clients should trust",
  },
  "token-missing": {
    message: "the token service <host> answered without a token",
    hint: "try again later; if it stays so, ask the registry's administrator",
  },
  "credential-refused": {
    message: "<who> answered <status>",
    hint: "check <identifier>_CONTAINER_REGISTRY_USER and _PASSWORD (mistyped, expired, revoked?), then run registry-login",
  },
  "hub-token-needed": {
    message: "<who> answered <status>",
    hint: "use a personal access token as <identifier>_CONTAINER_REGISTRY_PASSWORD: accounts with two-factor or single sign-on refuse passwords",
  },
  "github-token-refused": {
    message: "<who> answered <status>",
    hint: "start the codespace or workflow again for a new GITHUB_TOKEN, then run registry-login",
  },
  "ghcr-token-refused": {
    message: "<who> answered <status>",
    hint: "use a classic personal access token with read:packages as <identifier>_CONTAINER_REGISTRY_PASSWORD; where the organisation has single sign-on, authorise the token for it",
  },
  "acr-admin-disabled": {
    message: "<who> answered <status> to its admin user",
    hint: "enable it (az acr update --admin-enabled true), or use a token of the registry or a service principal",
  },
  "npm-token-unknown": {
    message: "the registry does not know the token",
    hint: "use a GitHub token with read:packages as <identifier>_CONTAINER_REGISTRY_PASSWORD",
  },
  "hub-rate-limit": {
    message: "Docker Hub's pull limit is used up for now (<limit>)",
    hint: "wait for it to pass, or log in to Docker Hub: a paid account has no limit",
  },
} as const;
