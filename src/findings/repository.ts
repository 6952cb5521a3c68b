/** What `init` finds in a repository, and why it does not change a file. */
export const repository = {
  "not-json": {
    message: "<file>, line <line>, column <column>: <reason>; the file was not changed",
    hint: "fix that line, then run registry-login init; editors show it as JSON with Comments",
  },
  "duplicate-key": {
    message:
      '<file> has "<key>" twice, on lines <first> and <second>; programs read the last one, and the file was not changed',
    hint: "remove one of the two, then run registry-login init",
  },
  "wrong-type": {
    message: '<file>, line <line>: "<key>" must be <expected>; the file was not changed',
    hint: "correct it by the reference at https://containers.dev/implementors/json_reference/",
  },
  "no-configuration": {
    message: "<folder> has no devcontainer.json",
    hint: "run registry-login init --image IMAGE with the image to start from, or add the configuration with your editor first",
  },
  "image-with-configuration": {
    message: "<file> exists already, with a different image or none; nothing was changed",
    hint: "leave --image out, or change the image in <file>",
  },
  "needs-config": {
    message: "there are several configurations: <files>",
    hint: "choose one with --config <first>",
  },
  "config-name": {
    message: "<file> is not named devcontainer.json or .devcontainer.json, so no program would use it",
    hint: "name the configuration with --config",
  },
  "registry-argument": {
    message: "the value of --registry is not ID=host: <problem>",
    hint: "write it like --registry ACR=mycompany.azurecr.io",
  },
  "identifier-taken": {
    message: "<file> already maps <identifier> to <host>",
    hint: "choose a different identifier for <other>",
  },
  "changed-meanwhile": {
    message: "<file> was changed by another program meanwhile; it was not written",
    hint: "run registry-login init again",
  },
  "not-confirmed": {
    message: "nothing was written, because nobody confirmed the changes",
    hint: "run it again with --yes to write them, or with --dry-run to only look",
  },
  "default-shadowed": {
    message: "<file> is not read by the dev container CLI while <used> exists",
    hint: "remove one of the two",
  },
  "duplicate-elsewhere": {
    message: '<file> has "<key>" twice, on lines <first> and <second>; programs read the last one',
    hint: "remove one of the two",
  },
  "no-image": {
    message: "<file> names no image: Codespaces uses its default image, and the dev container CLI refuses to build it",
    hint: 'add "image" to <file>',
  },
  "source-missing": {
    message: "<file> is missing; its registries are not known",
    hint: "if it uses a private registry, name it with --registry ID=host",
  },
  "source-not-file": {
    message: "<file> is not a file that can be read; its registries are not known",
    hint: "correct the path in the configuration",
  },
  "source-broken": {
    message: "<file>, line <line>: not valid YAML; its registries are not known",
    hint: "fix it, then run registry-login init again",
  },
  "backslash-path": {
    message: '"<path>" in <file> has backslashes, which work on Windows only',
    hint: "write it with / instead",
  },
  "variable-unknown": {
    message: "<file>: <variable> is not set here, so the image of <where> is not known",
    hint: "if it is at a private registry, name it with --registry ID=host",
  },
  "variable-decides": {
    message: "<file>: the registry of <where> depends on <variable>; without it, it is <host>",
    hint: "if one of them is private, name it with --registry ID=host",
  },
  "default-cut": {
    message: "<file>: the dev container CLI ends the default of <variable> at its second colon: it uses <used>",
    hint: "write the default without a port, or set <variable>",
  },
  "image-invalid": {
    message: "<file>: <where>: <problem>",
    hint: "<advice>",
  },
  "image-upper-case": {
    message: "<file>: <where>: image names are lower case; docker uses <host>",
    hint: "write the host in lower case",
  },
  "local-image": {
    message: "<image> names no registry; it looks like a local tag, which <file> line <line> builds",
    hint: "no login is needed for it",
  },
  "stage-unused": {
    message: "<host> is used by the stage <stage> of <file> only, which the target <target> does not need",
    hint: "nothing with BuildKit; the old builder would pull it",
  },
  "remote-build": {
    message: "<file>: <where> is built from a remote repository; its images are not known",
    hint: "if it uses a private registry, name it with --registry ID=host",
  },
  "by-hand-login": {
    message: "<file>: <where> logs in to <host> by itself, with <variable>",
    hint: "it can be removed once <secret> is set",
  },
  "by-hand-required": {
    message: "<file>: where <variable> is not set, this command fails and stops the start",
    hint: "remove the login from it once <secret> is set",
  },
  "by-hand-azure": {
    message:
      "<file>: <where> stores a token of about 3 hours for <host>; it replaces our login, or is seen as a login made by hand at the next start",
    hint: "remove it once <secret> is set",
  },
  "by-hand-aws": {
    message:
      "<file>: <where> logs in to AWS ECR (<host>) by itself; where a credential helper answers for this host, it fails with not implemented",
    hint: "set <user> to the access key id and <secret> to its secret key, then remove it",
  },
  "by-hand-google": {
    message: "<file>: <where> makes gcloud answer for <host>; docker then asks gcloud, and not us",
    hint: "remove it once <secret> is set",
  },
  "other-feature": {
    message: "<file>: the Feature <feature> logs in as well",
    hint: "remove it once this one works, so that one program is responsible",
  },
  "other-helper": {
    message: "<file>: the Feature <feature> is a credential helper, which answers for its hosts before us",
    hint: "remove it if this program shall log in to these registries",
  },
  "feature-secret": {
    message: "<file>: the option <option> of <feature> is stored in the image",
    hint: "remove its value, and replace the secret: who has the image can read it",
  },
  "build-argument-secret": {
    message: "<file>: <where>.<name> stays in the history of the image",
    hint: "use a build secret (RUN --mount=type=secret) instead",
  },
  "variable-secret": {
    message: "<file>: containerEnv.<name> is stored in the container's metadata, where docker inspect shows it",
    hint: "move it to remoteEnv, or declare it under secrets",
  },
  "env-file-missing": {
    message: "<file> does not exist; docker does not start a container whose --env-file is missing",
    hint: "create <file>, or remove it from runArgs",
  },
  "env-file-not-ignored": {
    message: "<file> holds variables and is not ignored by git",
    hint: "add it to .gitignore",
  },
  "env-file-quotes": {
    message:
      "<file>, line <line>: docker keeps the quotes as part of the value of <variable>; Node and compose remove them",
    hint: "write it without quotes",
  },
  "env-file-sharp": {
    message:
      "<file>, line <line>: the value of <variable> has a #: docker uses the whole value, the login on the host only what is before it",
    hint: "keep this secret in the environment: one file cannot serve both, since docker would keep quotes",
  },
  "ci-ecr-host": {
    message: "<file>: the step that logs in to AWS ECR names no host, so its account and region are not known",
    hint: "if the dev container uses it, name it with --registry ID=host",
  },
  "ci-variable": {
    message: "<file>: <variable> is known only in the CI system",
    hint: "if the dev container uses this registry, name it with --registry ID=host",
  },
  "ci-build-login": {
    message: "<file>: devcontainers/ci builds before initializeCommand runs, and no step before it logs in to <host>",
    hint: "add a login step for <host> before it",
  },
  "registry-unchosen": {
    message: "<host> may be private, and no identifier was chosen for it",
    hint: "if it is private, run the same line again with --registry <identifier>=<host> (the identifier is your choice); if you do not know, with --check",
  },
  "ghcr-in-codespaces": {
    message: "ghcr.io may be private: Codespaces needs no secret where the package grants this repository access",
    hint: "on your machine, the GitHub CLI can log in: add --github-token gh to initializeCommand",
  },
  "feature-form": {
    message: '<file>: the value of "<feature>" is not an object, so its options were not changed',
    hint: "write it as <suggestion>",
  },
  "hook-background": {
    message:
      "<file>: initializeCommand starts a program in the background (&), so the login cannot be put in front of it",
    hint: "run the login first in a script that then starts it: <line>",
  },
  "hook-form": {
    message: "<file>: initializeCommand was not changed, because <reason>",
    hint: "put this in front of it: <line>",
  },
  "hook-parallel": {
    message: "<file>: initializeCommand runs <program> (<where>), which would run at the same time as the login",
    hint: "write it as one string: <line>",
  },
  "hook-script": {
    message: "<file>: initializeCommand runs <script>, which runs <program> (line <line>)",
    hint: "add this as its second line: <command>",
  },
  "hook-script-twin": {
    message: "<script> exists next to it, and runs on Windows",
    hint: "add the same line there",
  },
  "left-in-place": {
    message: "<file>: <where> is about registry-login, but was not written by init",
    hint: "remove it by hand",
  },
  "gh-not-found": {
    message: "the GitHub CLI (gh) is not on the PATH, so no secret was set",
    hint: "install it from https://cli.github.com and run gh auth login, or set the secrets on GitHub's page",
  },
  "compose-env-file": {
    message: "<file>: runArgs do not apply to services of docker compose, so the env file was not added",
    hint: "add it to env_file of the service <service>",
  },
  "remote-env-in-codespaces": {
    message:
      "<file>: in Codespaces, remoteEnv replaces the injected secrets by the variables of its own machine, which are empty",
    hint: "use remoteEnv only where nobody opens this repository in Codespaces",
  },
  "gh-failed": {
    message: "gh could not set <name>: <error>",
    hint: "run gh auth status; user secrets need gh auth refresh --scopes codespace:secrets",
  },
  "secret-value-missing": {
    message: "<name> has no value here, so it was not set",
    hint: "set it in the environment, or run this on a terminal, which asks for it",
  },
} as const;
