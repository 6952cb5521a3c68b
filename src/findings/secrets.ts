/** What can be wrong with the secrets of the environment. */
export const secrets = {
  "no-secrets": {
    message:
      "no registry secrets are set here (ID_CONTAINER_REGISTRY_SERVER, ID_CONTAINER_REGISTRY_USER and ID_CONTAINER_REGISTRY_PASSWORD, where ID is any name you choose)",
    hint: "set all three where dev containers are started; this terminal may lack variables that are set there",
  },
  "no-login": {
    message: "no secrets are set for <host>, and no login to it is saved",
    hint: "if the registry is private, set ID_CONTAINER_REGISTRY_SERVER to <host>, with ID_CONTAINER_REGISTRY_USER and ID_CONTAINER_REGISTRY_PASSWORD, where ID is any name you choose",
  },
  "secret-missing": {
    message: "<variable> is not set",
    hint: "also set <variable>, then run registry-login where all three are set",
  },
  "secret-misnamed": {
    message: "<found> is set, but the name must be <variable>",
    hint: "rename the secret <found> to <variable>",
  },
  "secret-misspelt": {
    message: "<found> is set, which looks like a misspelled <variable>",
    hint: "rename the secret <found> to <variable>",
  },
  "secret-two-sources": {
    message:
      "<variable> is set, but not where the other parts are: one is in the environment, the other in the secrets file of the codespace",
    hint: "set all three parts as secrets of the codespace",
  },
  "secrets-file-open": {
    message:
      "the codespace's secrets file <file> is not used: it has to be a file of root or of this user, without write access for others, and smaller than 8 MB",
    hint: "run this where the secrets are in the environment, or close the file with chmod go-w <file>",
  },
  "secret-empty": {
    message: "<variable> is set but empty",
    hint: "check where its value comes from: a reference to a variable that the host does not have is empty",
  },
  "secret-unresolved": {
    message: "<variable> holds a reference to a variable ($NAME) instead of a value",
    hint: "put the value itself into <variable>: env files and secret stores do not expand references",
  },
  "secret-reference": {
    message: "<variable> holds a reference of <tool> instead of a value",
    hint: "put the value itself into <variable>, or let <tool> replace the reference before registry-login runs",
  },
  "secret-header": {
    message: "<variable> starts with the word <scheme>, as an HTTP header does",
    hint: "remove the word <scheme> from <variable>",
  },
  "secret-with-user": {
    message: "<variable> holds the user and the password",
    hint: "put only the password there, without the user and the colon",
  },
  "secret-config": {
    message: "<variable> holds a config.json of docker",
    hint: "put only the password there, and the user of that file into the variable that ends with _USER",
  },
  "secret-quoted": {
    message: "<variable> starts and ends with a quotation mark",
    hint: "remove the quotation marks: env files keep them as part of the value",
  },
  "secret-spaces": {
    message: "<variable> starts or ends with white space",
    hint: "set <variable> again without the white space",
  },
  "secret-placeholder": {
    message: "<variable> holds a placeholder, as in an example",
    hint: "set <variable> to the real value",
  },
  "secret-two-spellings": {
    message: "<variable> and <found> are both set, to different values; <variable> is used",
    hint: "remove <found>",
  },
  "user-is-token": {
    message: "<identifier>_CONTAINER_REGISTRY_USER holds what looks like a token",
    hint: "put the user name into <identifier>_CONTAINER_REGISTRY_USER, and the token only into <identifier>_CONTAINER_REGISTRY_PASSWORD",
  },
  "user-dollar-doubled": {
    message: "<variable> contains $$ or \\$",
    hint: "write a single $ in <variable>: only compose files need it doubled, and only shells need the backslash",
  },
  "user-dollar-lost": {
    message: "<variable> looks like a name that has lost its $ (robot$NAME, $oauthtoken)",
    hint: "where <variable> is set, write the whole name in single quotes in a shell, and with $$ in a compose file",
  },
  "aws-keys-elsewhere": {
    message: "the login to <host> is an AWS access key, but <host> is not a registry of AWS; it was not sent",
    hint: "use it with the full host name of a registry of AWS, like 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
  },
  "aws-user-is-secret": {
    message: "<identifier>_CONTAINER_REGISTRY_USER holds what looks like a secret access key; it was not sent",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to the access key ID, and _PASSWORD to the secret access key",
  },
  "aws-token-is-key": {
    message:
      "<identifier>_CONTAINER_REGISTRY_PASSWORD holds a secret access key, but with the user AWS it has to be a token; it was not sent",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to the access key ID",
  },
  "aws-keys-missing": {
    message: "<identifier>_CONTAINER_REGISTRY_USER and <identifier>_CONTAINER_REGISTRY_PASSWORD are not set",
    hint: "set both to an AWS access key, or add <identifier>=<host> to the option registries to use this machine's own AWS identity",
  },
  "aws-keys-swapped": {
    message:
      "<identifier>_CONTAINER_REGISTRY_PASSWORD holds an access key ID, which belongs in <identifier>_CONTAINER_REGISTRY_USER",
    hint: "swap the two: the access key ID is the user, the secret access key is the password",
  },
  "user-characters": {
    message:
      "<identifier>_CONTAINER_REGISTRY_USER contains a colon or a control character, which no registry login can contain",
    hint: "put only the user name there, and the password into <identifier>_CONTAINER_REGISTRY_PASSWORD",
  },
  "server-is-password": {
    message: "<identifier>_CONTAINER_REGISTRY_SERVER holds a password",
    hint: "put the host name there, and the password only into <identifier>_CONTAINER_REGISTRY_PASSWORD",
  },
  "server-password-swapped": {
    message:
      "<identifier>_CONTAINER_REGISTRY_PASSWORD holds a host name, and <identifier>_CONTAINER_REGISTRY_SERVER none",
    hint: "swap the two, and check where a password that was in _SERVER may have been shown",
  },
  "server-contradiction": {
    message: "<identifier>_CONTAINER_REGISTRY_SERVER is <secret>, but the option registries says <option>",
    hint: "make both the same, or remove one of them: a password is sent only to the server that its secret names",
  },
  "host-twice": {
    message: "<winner> and <identifier> are both for <host>; <winner> is used (alphabetical order)",
    hint: "remove the secrets of <identifier> or of <winner>",
  },
  "other-secrets-accepted": {
    message:
      "<host> rejects the secrets of <identifier>, and accepts those of <rival>; <identifier> is used (alphabetical order)",
    hint: "remove the secrets of <identifier>, then run registry-login",
  },
  "saved-login-accepted": {
    message: "<host> rejects the secrets of <identifier> in this shell, and accepts the saved login (<saved>)",
    hint: "correct the secrets of <identifier> where this shell gets them; until then the saved login stays in use",
  },
  "identifier-missing": {
    message: "<found> is not used: there is no identifier before CONTAINER_REGISTRY",
    hint: "rename the secret <found> to <variable>, and the others likewise (instead of ACME, any name of letters, digits and _)",
  },
  "identifier-characters": {
    message: "<found> is not used: an identifier consists of letters, digits and _",
    hint: "rename the secret <found> to <variable>, and the others likewise",
  },
  "identifier-left-out": {
    message: "the secrets of <identifier> are not used, because the option identifiers does not list it",
    hint: "add <identifier> to the option identifiers, or remove the option",
  },
  "identifier-unknown": {
    message: "the option identifiers lists <identifier>, but no secrets are set for it",
    hint: "check the spelling of <identifier>, or set its secrets",
  },
  "github-token-missing": {
    message: "GITHUB_TOKEN is not set here, and it is never stored, because it changes at every start",
    hint: "run this where GITHUB_TOKEN is set",
  },
} as const;
