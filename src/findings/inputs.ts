/** What can be wrong with files and programs that a run on a host takes its secrets and its options from. */
export const inputs = {
  "input-file-missing": {
    message: "<file> does not exist (--<flag>)",
    hint: "check the path, which is relative to <folder>, or leave --<flag> out",
  },
  "input-file-type": {
    message: "<file> is not a regular file (--<flag>)",
    hint: "name a file; to use what a program prints, let it set the variables and start registry-login",
  },
  "input-file-too-large": {
    message: "<file> is larger than <limit> KB and is not read (--<flag>)",
    hint: "put the secrets of the registries into a file of their own",
  },
  "input-file-unreadable": {
    message: "<file> cannot be read (<error>, --<flag>)",
    hint: "check the owner and mode of <file>",
  },
  "input-file-open": {
    message: "<file> holds secrets, and other users of this machine can read or change it",
    hint: "run chmod 600 <file>",
  },
  "env-file-node": {
    message: "Node <version> cannot read <file> (--env-file)",
    hint: "use Node 20.12 or newer, or set the variables in the environment",
  },
  "env-file-hash": {
    message: "<file>, line <line>: the value of <variable> ends before the #; docker and compose read the whole line",
    hint: "put the value of <variable> into single quotes; if a comment follows, put a space before the #",
  },
  "env-file-node-options": {
    message: "<file> sets <variable>: Node itself reads a file after --env-file, and has obeyed it already",
    hint: "remove that line from <file>, and name only files that you trust",
  },
  "input-variable-ignored": {
    message: "<variable> in <file> is not used: it could change which programs run",
    hint: "remove it there, or set <variable> in the environment",
  },
  "secrets-file-json": {
    message: "<file>, line <line>, column <column>: not valid JSON (--secrets-file)",
    hint: 'write it like {"ACME_CONTAINER_REGISTRY_USER": "..."}',
  },
  "secrets-file-form": {
    message: "<file> is not a JSON object of names and values (--secrets-file)",
    hint: 'write it like {"ACME_CONTAINER_REGISTRY_USER": "..."}',
  },
  "secrets-file-value": {
    message: "the value of <variable> in <file> is not a text (--secrets-file)",
    hint: "put the value of <variable> into double quotes",
  },
  "workspace-missing": {
    message: "<folder> is not a folder (--workspace-folder)",
    hint: "name the folder that contains .devcontainer or .devcontainer.json",
  },
  "devcontainer-unreadable": {
    message: "<file> cannot be read (<error>); its options and servers are not used",
    hint: "check the type, size, owner and mode of <file>",
  },
  "devcontainer-json": {
    message: "<file>, line <line>, column <column>: not valid JSON; its options and servers are not used",
    hint: "fix that line, then run registry-login",
  },
  "devcontainer-form": {
    message: "<file> is not a JSON object; its options and servers are not used",
    hint: "write it as a dev container's configuration, from { to }",
  },
  "devcontainer-of-another": {
    message: "<file> is not used: it belongs to a different user (uid <uid>)",
    hint: "if you trust it, run registry-login --config <file>",
  },
  "devcontainer-option": {
    message: "<file>: <problem>; this option is not used",
    hint: "<advice>",
  },
  "devcontainer-server": {
    message: "<file>: <variable> is not used: <problem>",
    hint: "<advice>",
  },
  "devcontainer-variable": {
    message: "<file>: the option <name> refers to a variable and is not used outside of the container",
    hint: "write its value there, or add --<flag> to the command",
  },
  "devcontainer-two-features": {
    message: "<file>: the entries <first> and <second> in features have different values of <name>; neither is used",
    hint: "remove one of the two entries from <file>",
  },
  "devcontainer-two-servers": {
    message: "<file>: the option registries maps <identifier> to <host>, and <variable> to <other>; neither is used",
    hint: "remove one of the two from <file>",
  },
  "devcontainer-contradiction": {
    message: "<file> maps <identifier> to <host>, and <second> to <other>; neither is used",
    hint: "choose one with --config <file>, or give the two registries different identifiers",
  },
  "gh-missing": {
    message: "the option githubToken is gh, but the GitHub CLI (gh) is not on the PATH",
    hint: "install it from https://cli.github.com, then run gh auth login --hostname <github>",
  },
  "gh-host": {
    message: "GITHUB_SERVER_URL, GITHUB_HOST or GH_HOST names no host, so it is not known whose token to use",
    hint: "set it to the address of your GitHub, like https://github.com, or unset it",
  },
  "gh-no-login": {
    message: "the option githubToken is gh, but the GitHub CLI is not logged in to <github>",
    hint: "run gh auth login --hostname <github> --scopes read:packages",
  },
  "gh-timeout": {
    message: "the GitHub CLI did not print its token within <seconds> seconds",
    hint: "run gh auth token in a terminal: it may be waiting for a keychain to be unlocked",
  },
  "gh-scope-missing": {
    message: "the token of the GitHub CLI may not read packages (its scopes: <scopes>)",
    hint: "run gh auth refresh --hostname <github> --scopes read:packages, then run registry-login",
  },
} as const;
