/** What can be wrong with a credential store of the machine: the program docker-credential-<store>, and what it opens. */
export const stores = {
  "store-missing": {
    message:
      "docker-credential-<store> is not on the PATH (<path>), but <file> names it; pulls from every other host fail too",
    hint: 'install it, or remove "credsStore": "<store>" from <file>, then run registry-login',
  },
  "store-of-windows": {
    message:
      "docker-credential-<store> is not on the PATH (<path>), but <file> names it, as <program> writes it into WSL; pulls from every other host fail too",
    hint: 'turn on the integration of <program> for this distribution, or remove "credsStore": "<store>" from <file>; then run registry-login',
  },
  "store-not-run": {
    message: "docker-credential-<store> cannot be run (<error>)",
    hint: 'under WSL, turn interop on or remove "credsStore" from docker\'s config.json; elsewhere install the program for this processor',
  },
  "store-library": {
    message: "docker-credential-<store> does not start: the library <library> is missing",
    hint: "install the package that contains <library>, then run registry-login",
  },
  "store-hangs": {
    message: "docker-credential-<store> did not answer within <seconds> seconds",
    hint: "it may wait for a dialog or a passphrase: run docker login once in a terminal, then run registry-login",
  },
  "keychain-locked": {
    message: "the keychain is locked for this session (docker-credential-<store>: <text>)",
    hint: "over ssh, run: security unlock-keychain; then run registry-login",
  },
  "keychain-denied": {
    message: "the keychain denied access to docker-credential-<store> (<text>)",
    hint: "allow docker-credential-<store> in the dialog of the keychain, or in Keychain Access, then run registry-login",
  },
  "keychain-duplicate": {
    message: "the keychain holds an entry for <key> that docker-credential-<store> may not replace (<text>)",
    hint: "delete the entry for <key> in Keychain Access, then run registry-login",
  },
  "secret-service-missing": {
    message: "no secret service is running in this session (docker-credential-<store>: <text>)",
    hint: "start gnome-keyring or KWallet, or use pass: install pass and golang-docker-credential-helpers, run pass init, and set credsStore to pass",
  },
  "pass-uninitialized": {
    message: "pass has no password store yet (docker-credential-<store>: <text>)",
    hint: "run: gpg --quick-gen-key NAME, then pass init NAME, then registry-login",
  },
  "pass-locked": {
    message: "pass cannot decrypt its entries in this session (docker-credential-<store>: <text>)",
    hint: "unlock the key with: pass show docker-credential-helpers; in a terminal without a desktop, pinentry-curses asks for the passphrase",
  },
  "store-input-lost": {
    message: "docker-credential-<store> did not receive its input (<text>); the secret set is not the cause",
    hint: 'update Docker Desktop, or remove "credsStore" from docker\'s config.json on this side of WSL',
  },
  "store-backend": {
    message: "docker-credential-<store> does not reach its program (<text>)",
    hint: 'start Docker Desktop, or set "credsStore" to the store of the system (osxkeychain, wincred, secretservice)',
  },
  "store-read-only": {
    message: "docker-credential-<store> only reads; it does not store logins",
    hint: 'move it from "credsStore" to "credHelpers" for the hosts that it answers for',
  },
  "store-limit": {
    message:
      "docker-credential-<store> cannot store a secret of <bytes> bytes; Windows' credential manager accepts 2,560 at most",
    hint: "install the program for all runs, whose credential helper stores longer ones: npm install -g @registry-login/cli",
  },
  "store-garbage": {
    message: "docker-credential-<store> printed something that is not an answer",
    hint: "run it by hand to see why: echo <key> | docker-credential-<store> get",
  },
  "store-forgets": {
    message: "docker-credential-<store> reported success, but does not return the login to <key>",
    hint: "run docker login <key> to see whether docker can store one; if not, choose a different credsStore",
  },
  "store-invalid-argument": {
    message: "docker-credential-<store> failed with: Invalid argument",
    hint: 'under WSL, restart with: wsl --shutdown; or remove "credsStore" from docker\'s config.json',
  },
  "store-fails": {
    message: "docker-credential-<store> failed (exit code <status>): <text>",
    hint: "run docker login <key> to see the same; fix the store, then run registry-login",
  },
  "store-of-service": {
    message: "this run is by the service account <user>; only its sessions see logins in docker-credential-<store>",
    hint: "run registry-login in the session of the user that pulls",
  },
  "other-helper-empty": {
    message: "docker uses docker-credential-<helper> for <host>, as configured in <file>, and it has no login",
    hint: "log in with docker login <host>, or remove that entry from credHelpers in <file>, then run registry-login",
  },
  "other-helper-off-path": {
    message: "<file> names docker-credential-<helper> for <host>, which is not on the PATH (<path>)",
    hint: "add the folder of docker-credential-<helper> to the PATH, or remove the entry for <host> from credHelpers in <file>",
  },
  "docker-snap": {
    message: "docker is a snap, which reads <folder>/config.json instead of <file>",
    hint: "run: DOCKER_CONFIG=<folder> registry-login login --storage plaintext",
  },
  "docker-snap-helper": {
    message: "docker is a snap, which cannot run docker-credential-<helper>, as configured in <file>",
    hint: "remove that entry from <file>, then run: registry-login login --storage plaintext",
  },
  "sudo-root": {
    message: "this runs as root through sudo: logins go to <file>, which the docker of <user> does not read",
    hint: "run registry-login without sudo, unless docker is run with sudo, too",
  },
  "sudo-user": {
    message: "this runs through sudo in the home folder of <user> (<home>): <file> is written as <user>",
    hint: "run registry-login without sudo",
  },
  "config-empty": {
    message: "<file> is empty, as a crash or a full disk leaves it; it counts as a configuration without any setting",
    hint: "restore it from a backup if it had settings",
  },
  "store-answers-again": {
    message:
      "docker-credential-<store> answers, so that docker ignores the login in <file>, which is there since the store failed",
    hint: "run registry-login login, which stores the login in docker-credential-<store>",
  },
  "same-login-by-hand": {
    message: "<user> is logged in to <host> already, by hand; that login was left as it is",
    hint: "to log out, run docker logout <host>",
  },
  "login-by-hand": {
    message: "<user> is logged in to <key> already, by hand (docker-credential-<store>); that login was left as it is",
    hint: "to replace it, run registry-login login --replace",
  },
} as const;
