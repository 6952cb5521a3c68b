/** What can be wrong with the Feature's options and on the command line. */
export const options = {
  "option-invalid": {
    message: "the option <name> <problem>",
    hint: "change it in the Feature's options in devcontainer.json, or on the command line (--<flag>)",
  },
  "registries-form": {
    message: "entry <number> of the option registries is not ID=host",
    hint: 'write it like "ACR=mycompany.azurecr.io, GHCR=ghcr.io"',
  },
  "registries-twice": {
    message: "the option registries names <identifier> twice",
    hint: "give each registry its own identifier",
  },
  usage: {
    message: "<problem>",
    hint: "see registry-login --help",
  },
  "usage-near": {
    message: "<problem>",
    hint: "did you mean <near>?",
  },
  "action-secrets-missing": {
    message: "the action has no secrets: its input `secrets` is empty, and no ID_CONTAINER_REGISTRY_* variable is set",
    hint: "write `secrets: <expression>` below `with:`",
  },
  "action-secrets-form": {
    message: "the input `secrets` of the action is not a JSON object of names and values",
    hint: "write `secrets: <expression>` below `with:`",
  },
  "action-input": {
    message: "an input of the action is not valid: <problem>",
    hint: "correct it below `with:` in the workflow",
  },
  "action-no-registry": {
    message: "nothing to log in to: no secret is named ID_CONTAINER_REGISTRY_SERVER, where ID is any name you choose",
    hint: "add the three secrets of each registry to the repository, its environment or its organization; GitHub does not pass them to workflows of forks",
  },
  "logout-what": {
    message: "logout needs the host of a registry, or --all",
    hint: "choose from <hosts>",
  },
  "logout-form": {
    message: "argument <number> of logout is not a host name",
    hint: "choose from <hosts>",
  },
} as const;
