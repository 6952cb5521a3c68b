/** What can stand between a kept credential and the clients that should use it. */
export const clients = {
  "not-registered": {
    message: "no login to <host> is registered for <client>",
    hint: "run registry-login",
  },
  "login-failed": {
    message: "the last login to <host> failed: <cause>",
    hint: "mend that, then run registry-login",
  },
  "not-logged-in": {
    message: "<host> is not logged in, so nothing was changed",
    hint: "the nearest that is: <near>; registry-login status shows all",
  },
  "nothing-logged-in": {
    message: "nothing is logged in, so there is nothing to log out of",
    hint: "see with registry-login plan what there are secrets for",
  },
  "vault-gone": {
    message: "the login (<identifier>) was kept in <storage>, and is gone since the restart",
    hint: "start the container with its secrets again, or run registry-login where they are; what storage disk keeps survives restarts",
  },
  "login-expired": {
    message: "the login has expired at <time>",
    hint: "renew <identifier>_CONTAINER_REGISTRY_PASSWORD, then run registry-login",
  },
  "login-stale": {
    message: "<client> uses another login to <host> than the secrets say now",
    hint: "run registry-login",
  },
  "stored-login": {
    message: "a login to <host> that was made with docker login comes before the secrets",
    hint: "docker logout <host>",
  },
  "docker-auth-config": {
    message: "DOCKER_AUTH_CONFIG is set and holds a login to <host>, which docker takes before any other",
    hint: "unset DOCKER_AUTH_CONFIG",
  },
  "docker-other-helper": {
    message: "<client> asks docker-credential-<helper> for <host>, as <file> says",
    hint: "remove that entry of credHelpers, then run registry-login",
  },
  "docker-other-login": {
    message: "<file> holds another login to <host>, which <client> uses",
    hint: "docker logout <host>, then run registry-login",
  },
  "docker-creds-store": {
    message: "docker asks the credential store <store> (credsStore in <file>), and ignores the login that stands there",
    hint: "use storage memory or disk in place of plaintext, then run registry-login",
  },
  "helper-missing": {
    message: "<client> needs docker-credential-<helper>, which is not on the PATH",
    hint: "add /usr/local/bin to the PATH, or install the Feature again",
  },
  "other-helper-missing": {
    message: "<client> asks docker-credential-<helper>, as its configuration says, and that is not on the PATH",
    hint: "install docker-credential-<helper>, or remove it from the configuration",
  },
  "store-login": {
    message:
      "docker takes its login to <host> from the credential store <helper>, since none is registered for the host",
    hint: "run registry-login",
  },
  "helper-fails": {
    message: "docker-credential-<helper> does not answer for <host>",
    hint: "run it by hand to see why: echo <host> | docker-credential-<helper> get",
  },
  "podman-other-login": {
    message: "<file> holds another login for <key>, which podman takes first",
    hint: "podman logout <key>, or remove that entry",
  },
  "podman-other-file": {
    message: "REGISTRY_AUTH_FILE is set: podman only looks into <file>, which has no login to <host>",
    hint: "run registry-login where REGISTRY_AUTH_FILE is set, or unset it",
  },
  "root-without-sudo": {
    message: "not for root (sudo docker): sudo is not installed",
    hint: "install sudo in the image, or remove the option root",
  },
  "root-sudo-refused": {
    message: "not for root (sudo docker): sudo asks for a password, or refuses",
    hint: "let the user run it without one (NOPASSWD in /etc/sudoers.d), or remove the option root",
  },
  "root-login-failed": {
    message: "not for root (sudo docker), who has no login to <host>: <cause>",
    hint: "sudo registry-login doctor says more",
  },
  "npm-other-setting": {
    message: "<file> gives <setting> another value, which npm takes",
    hint: "remove that line, then run registry-login",
  },
  "npm-variable-unset": {
    message: "<file> refers to <variable>, which is not set in this shell",
    hint: "run npm where <variable> is set",
  },
  "config-not-json": {
    message: "<file> is not JSON; it was left alone",
    hint: "mend it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-form": {
    message: "<file> has an unexpected <path>; it was left alone",
    hint: "mend it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-key-twice": {
    message: "<file> has a key twice; it was left alone",
    hint: "mend it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-not-utf8": {
    message: "<file> is not UTF-8; it was left alone",
    hint: "mend the bytes that are no UTF-8, or remove the file, then run registry-login",
  },
  "config-busy": {
    message: "another program writes <file> again and again",
    hint: "wait until it is done, then run registry-login",
  },
  "link-loop": { message: "<path> is a loop of symbolic links", hint: "remove the link" },
  "not-a-file": {
    message: "<path> is no ordinary file; it was left alone",
    hint: "remove it, or name another file, then run registry-login",
  },
  "not-readable": { message: "<path> cannot be read (<error>)", hint: "check its owner and mode" },
  "not-writable": { message: "<path> cannot be written (<error>)", hint: "<advice>" },
  "disk-full": {
    message: "<path> cannot be written: the disk is full",
    hint: "make room, then run registry-login",
  },
  "lock-held": {
    message: "another program holds <path>",
    hint: "wait for the other registry-login, then run registry-login",
  },
  "no-tmpfs": {
    message: "there is no tmpfs to keep secrets in memory (looked at <folders>)",
    hint: "start the container with a /dev/shm, or set the Feature's option storage to disk",
  },
  "vault-of-another": {
    message: "the vault <folder> belongs to another user of this machine (<uid>)",
    hint: "run this as the user who logged in; remove the folder only if it is nobody's",
  },
  "home-unknown": {
    message: "there is no home folder: HOME is not set, and this user has no entry in /etc/passwd",
    hint: "set HOME to a folder that this user can write to",
  },
  "vault-open": {
    message: "the vault <folder> could be read or replaced by another user",
    hint: "remove it, then run registry-login again: rm -rf <folder>",
  },
} as const;
