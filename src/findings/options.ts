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
  "logout-what": {
    message: "logout needs the host of a registry, or --all",
    hint: "choose from <hosts>",
  },
  "logout-form": {
    message: "argument <number> of logout is not a host name",
    hint: "choose from <hosts>",
  },
} as const;
