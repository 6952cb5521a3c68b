/** What can be wrong with files and folders: those of clients, and our own. */
export const files = {
  "config-not-json": {
    message: "<file> is not JSON; it was not changed",
    hint: "fix it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-form": {
    message: "<file> has an unexpected <path>; it was not changed",
    hint: "fix it (docker cannot read it either) or remove it, then run registry-login",
  },
  "config-auth": {
    message: "<file> has an auth for <key> that is not base64 of user:password, so docker may use none of its logins",
    hint: "remove that entry from <file>, then run registry-login",
  },
  "config-more-text": {
    message: "<file> has text after its JSON object, which docker ignores but podman rejects; it was not changed",
    hint: "remove that text from <file>, then run registry-login",
  },
  "podman-file-form": {
    message: "podman, skopeo and buildah stop at <file>: <cause>",
    hint: "correct <file> or remove it",
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
  "path-not-expanded": {
    message: "<variable> is <value>: clients do not replace <part>, and use <path>",
    hint: "set <variable> to an absolute path",
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
