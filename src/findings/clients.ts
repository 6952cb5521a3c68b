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
  "config-not-json": {
    message: "<file> is not JSON; it was not changed",
    hint: "fix it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-form": {
    message: "<file> has an unexpected <path>; it was not changed",
    hint: "fix it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-key-twice": {
    message: "<file> contains a key twice; it was not changed",
    hint: "fix it (programs may read either value) or remove it, then run registry-login",
  },
  "config-not-utf8": {
    message: "<file> is not UTF-8; it was not changed",
    hint: "correct the bytes that are not UTF-8, or remove the file, then run registry-login",
  },
  "config-busy": {
    message: "another program writes <file> again and again",
    hint: "wait until it has finished, then run registry-login",
  },
  "config-in-use": {
    message: "<file> could not be replaced (<error>): another program has it open, or it is read-only",
    hint: "close the programs that use it, and check that it is not read-only, then run registry-login",
  },
  "folder-is-file": {
    message: "<path> cannot be used, because what should be its folder is a file",
    hint: "set the variable that names it (as DOCKER_CONFIG) to a folder, or remove that file, then run registry-login",
  },
  "link-loop": { message: "<path> is a loop of symlinks", hint: "remove the symlink" },
  "link-of-another": {
    message: "<path> was not changed: a different user (uid <uid>) made a symlink on the way to it",
    hint: "remove the symlink, and close the folder that it is in with chmod go-w, then run registry-login",
  },
  "file-of-another": {
    message: "<path> belongs to a different user (uid <uid>), who could read the secret in it; it was not changed",
    hint: "remove it, or give it to this user (chown), then run registry-login",
  },
  "not-a-file": {
    message: "<path> is not a regular file; it was not changed",
    hint: "remove it, or configure a different file, then run registry-login",
  },
  "file-too-large": {
    message: "<path> is larger than <limit> KB; it was not read or changed",
    hint: "check what is in <path>, and make it smaller or remove it, then run registry-login",
  },
  "too-large-to-save": {
    message: "<path> was not written: it would be larger than <limit> KB",
    hint: "<advice>",
  },
  "input-too-large": {
    message: "the input is larger than <limit> KB",
    hint: "send one credential, or the name of one registry",
  },
  "not-readable": { message: "<path> cannot be read (<error>)", hint: "check the owner and mode of <path>" },
  "not-writable": { message: "<path> cannot be written (<error>)", hint: "<advice>" },
  "disk-full": {
    message: "<path> cannot be written: the disk is full",
    hint: "free some space, then run registry-login",
  },
  "lock-held": {
    message: "another process holds the lock <path>",
    hint: "wait until the other registry-login has finished, then run registry-login",
  },
  "no-tmpfs": {
    message: "no tmpfs found for storing secrets in memory (checked <folders>)",
    hint: "mount a tmpfs at /dev/shm, or set the option storage to disk",
  },
  "vault-of-another": {
    message: "the vault <folder> belongs to a different user of this machine (uid <uid>)",
    hint: "run this as the user who logged in; remove the folder only if nobody uses it",
  },
  "tmpfs-open": {
    message: "other users could replace what is stored in memory: they can rename folders in <folders>",
    hint: "set the sticky bit (chmod +t) there, or set the option storage to disk",
  },
  "state-of-another": {
    message: "the folder <folder> belongs to a different user (uid <uid>); nothing in it is used",
    hint: "have <folder> removed by root, or set HOME to a folder of this user",
  },
  "state-open": {
    message: "the folder <folder> is a symlink, or other users can write to it; nothing in it is used",
    hint: "remove it, then run registry-login again: rm -rf <folder>",
  },
  "parent-of-another": {
    message: "<folder> is not used: <parent> belongs to a different user (uid <uid>), who could replace it",
    hint: "give <parent> to root or to this user (chown), or set HOME to a folder of this user",
  },
  "parent-open": {
    message: "<folder> is not used: other users can write to <parent>, and so could replace it",
    hint: "close it with chmod go-w <parent>",
  },
  "home-unknown": {
    message: "no home folder: HOME is not set, and this user has no entry in /etc/passwd",
    hint: "set HOME to a folder that this user can write to",
  },
  "vault-open": {
    message: "other users can read or replace the vault <folder>",
    hint: "remove it, then run registry-login again: rm -rf <folder>",
  },
} as const;
