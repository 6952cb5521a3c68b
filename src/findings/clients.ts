/** What can keep clients from using a login. */
export const clients = {
  "not-registered": {
    message: "<client> has no login to <host>",
    hint: "run registry-login",
  },
  "line-missing": {
    message: '<client> does not use the saved login to <host>: <file> lacks "credHelpers": {"<key>": "registry-login"}',
    hint: "run registry-login",
  },
  "login-failed": {
    message: "the last login to <host> failed: <cause>",
    hint: "fix that, then run registry-login",
  },
  "not-logged-in": {
    message: "<host> is not logged in, so nothing was changed",
    hint: "did you mean <near>? (registry-login status lists all logins)",
  },
  "nothing-logged-in": {
    message: "nothing to do: no registry is logged in",
    hint: "run registry-login plan to see which secrets are set",
  },
  "still-logged-in": {
    message: "<host> is still logged in because <cause>",
    hint: "run registry-login logout <host> to log out until the next login",
  },
  "vault-gone": {
    message: "the login to <host> (<identifier>) was stored <place> and was lost when <event>",
    hint: "<advice>; logins on disk (the option storage) survive a restart",
  },
  "new-login-rejected": {
    message:
      "the new secrets of <identifier> do not work (<cause>); <host> is still logged in with the login saved for <saved>",
    hint: "<hint>",
  },
  "new-login-unchecked": {
    message:
      "could not check the new secrets of <identifier> (<cause>); <host> is still logged in with the verified login saved for <saved>",
    hint: "<hint>",
  },
  "login-removed": {
    message: "removed <identifier> (<host>): no longer among the secrets of this codespace",
    hint: "add the secrets of <identifier> to the codespace again if it is needed",
  },
  "login-expired": {
    message: "the login to <host> expired at <time>",
    hint: "renew <identifier>_CONTAINER_REGISTRY_PASSWORD, then run registry-login",
  },
  "login-stale": {
    message: "<client> uses a login to <host> that differs from the secrets",
    hint: "run registry-login",
  },
  "stored-login": {
    message: "a docker login for <host> overrides the secrets",
    hint: "run docker logout <host>",
  },
  "docker-auth-config": {
    message: "DOCKER_AUTH_CONFIG is set and holds a login to <host>, which docker uses before any other",
    hint: "unset DOCKER_AUTH_CONFIG",
  },
  "docker-other-helper": {
    message: "<client> uses docker-credential-<helper> for <host>, as configured in <file>",
    hint: "remove that entry from credHelpers in <file>, then run registry-login",
  },
  "docker-other-login": {
    message: "<file> holds a different login to <host>, which <client> uses",
    hint: "run docker logout <host>, then registry-login",
  },
  "docker-creds-store": {
    message: "docker uses the credential store <store> (credsStore in <file>), and ignores the login in that file",
    hint: "set the option storage to memory or disk instead of plaintext, then run registry-login",
  },
  "helper-missing": {
    message: "<client> needs docker-credential-<helper>, which is not on the PATH",
    hint: "add the folder of docker-credential-<helper> to the PATH, or set the option storage to plaintext, which needs no helper",
  },
  "helper-other": {
    message: "<client> needs docker-credential-<helper>, but the first one on the PATH cannot be used: <file> <cause>",
    hint: "put the folder of registry-login before that folder on the PATH, then run registry-login",
  },
  "config-mounted": {
    message: "<file> is mounted from outside of this container, where it is used too, so nothing was written to it",
    hint: "set <variable> to a <kind> that only the container has, for hooks and terminals (remoteEnv in devcontainer.json)",
  },
  "other-helper-missing": {
    message: "<client> is configured to use docker-credential-<helper>, which is not on the PATH",
    hint: "install docker-credential-<helper>, or remove it from the configuration",
  },
  "store-login": {
    message: "docker uses a login to <host> from the credential store <helper>, because registry-login saved none",
    hint: "run registry-login",
  },
  "helper-fails": {
    message: "docker-credential-<helper> fails for <host>",
    hint: "run it by hand to see why: echo <host> | docker-credential-<helper> get",
  },
  "auth-file-failed": {
    message: "podman, skopeo and buildah have no login (REGISTRY_AUTH_FILE): <cause>",
    hint: "<advice>",
  },
  "podman-other-login": {
    message: "<file> holds a different login for <key>, which podman uses first",
    hint: "run podman logout <key>, or remove that entry",
  },
  "podman-other-file": {
    message: "REGISTRY_AUTH_FILE is set: podman reads only <file>, which has no login to <host>",
    hint: "run registry-login where REGISTRY_AUTH_FILE is set, or unset it",
  },
  "root-without-sudo": {
    message: "root (sudo docker) is not logged in: sudo is not installed",
    hint: "install sudo in the image, or remove the option root",
  },
  "root-sudo-refused": {
    message: "root (sudo docker) is not logged in: sudo requires a password or denies the user",
    hint: "let the user run sudo without a password (NOPASSWD in /etc/sudoers.d), or remove the option root",
  },
  "root-login-failed": {
    message: "root (sudo docker) has no login to <host>: <cause>",
    hint: "run sudo registry-login doctor to see why",
  },
  "root-still-logged-in": {
    message: "root (sudo docker) is still logged in to <host>: <cause>",
    hint: "run sudo registry-login logout <host>",
  },
  "npm-other-setting": {
    message: "<file> sets <setting> to a different value, which npm uses",
    hint: "remove that line, then run registry-login",
  },
  "npm-no-scope": {
    message: "no line of .npmrc makes npm use <host>",
    hint: "add @SCOPE:registry=https://<host> to the project's .npmrc, with the scope of your packages",
  },
  "npm-variable-unset": {
    message: "<file> refers to <variable>, which is not set in this terminal",
    hint: "run npm where <variable> is set",
  },
} as const;
