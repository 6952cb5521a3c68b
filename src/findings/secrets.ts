/** What can be wrong with the secrets of the environment. */
export const secrets = {
  "no-secrets": {
    message: "there are no registry secrets here: no <ID>_CONTAINER_REGISTRY_SERVER, _USER or _PASSWORD is set",
    hint: "set the three as secrets of the dev container's host; a shell may lack what the start of the container had",
  },
  "no-login": {
    message: "no secrets and no login are known for <host>",
    hint: "set <ID>_CONTAINER_REGISTRY_SERVER to <host>, and _USER and _PASSWORD with it, if the registry is private",
  },
  "secret-missing": {
    message: "<variable> is not set",
    hint: "set it beside the other parts of <identifier>, then start the container again or run registry-login",
  },
  "secret-misnamed": {
    message: "<found> is set, but the name that counts is <variable>",
    hint: "rename the secret to <variable>",
  },
  "secret-misspelt": {
    message: "<found> is set: is it <variable> with a spelling mistake?",
    hint: "rename the secret to <variable>",
  },
  "secret-empty": {
    message: "<variable> is set, but empty",
    hint: "check where its value comes from: a reference to a variable that the host does not have is empty",
  },
  "secret-unresolved": {
    message: "<variable> holds a reference to a variable ($NAME) in place of a value",
    hint: "an env file or a secret store does not replace references: put the value itself there",
  },
  "secret-quoted": {
    message: "<variable> starts and ends with a quotation mark",
    hint: "remove the quotes: env files keep them as a part of the value",
  },
  "secret-spaces": {
    message: "<variable> starts or ends with white space",
    hint: "set the secret again without it",
  },
  "secret-placeholder": {
    message: "<variable> holds a placeholder, as in an example",
    hint: "set the real value",
  },
  "secret-two-spellings": {
    message: "<variable> and <found> are both set and differ; <variable> counts",
    hint: "remove <found>",
  },
  "user-is-token": {
    message: "<variable> holds what looks like a token",
    hint: "write the user name there, and the token into _PASSWORD alone",
  },
  "aws-keys-swapped": {
    message: "<identifier>_CONTAINER_REGISTRY_PASSWORD holds an access key id, which belongs into _USER",
    hint: "swap the two: _USER is the access key id, _PASSWORD the secret access key",
  },
  "user-characters": {
    message: "<variable> holds a colon or a control character, which no registry login can carry",
    hint: "check that user name and password were not put into one secret",
  },
  "server-is-password": {
    message: "<variable> holds a password",
    hint: "write the host name into _SERVER, and the password into _PASSWORD alone",
  },
  "server-contradiction": {
    message: "the secret <variable> says <secret>, but the option registries says <option>",
    hint: "a password only goes to the server that its secret names: make both the same, or remove one of them",
  },
  "host-twice": {
    message: "<winner> is for the same host <host> and comes first in the alphabet",
    hint: "remove the secrets of <identifier> or of <winner>",
  },
  "identifier-left-out": {
    message: "the option identifiers leaves <identifier> out",
    hint: "add <identifier> to the option identifiers, or remove the option",
  },
  "identifier-unknown": {
    message: "the option identifiers names <identifier>, for which there are no secrets",
    hint: "check the spelling, or set the secrets of <identifier>",
  },
  "github-token-missing": {
    message: "GITHUB_TOKEN is not in this environment",
    hint: "run this where GITHUB_TOKEN is set; it is not kept, since it changes at every start",
  },
} as const;
