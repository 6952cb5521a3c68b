/** What can be wrong with the text of a server. */
export const server = {
  "server-empty": { message: "the server is empty", hint: "write the registry's host name, like ghcr.io" },
  "server-scheme": {
    message: "the server starts with <scheme>://",
    hint: "write only the registry's host name, like ghcr.io",
  },
  "server-user": {
    message: "the server contains a user name (the part before @)",
    hint: "write only the registry's host name; the user and the password belong in their own secrets",
  },
  "server-characters": {
    message: "the server <server> contains a space or a letter that host names cannot contain",
    hint: "write the host name in ASCII (an international name in its xn-- form)",
  },
  "server-quoted": {
    message: "the server <server> contains a quotation mark",
    hint: "remove the quotation marks around the value",
  },
  "server-form": {
    message: "the server <server> is not a host name",
    hint: "write the registry's host name, with a port if it has one, like registry.example.com:5000",
  },
  "server-port": {
    message: "the server <server> has no valid port",
    hint: "write a port between 1 and 65535, or no port",
  },
  "server-short": {
    message: "the server has neither a dot nor a port, so container clients would look for it on Docker Hub",
    hint: "write the full host name, like mycompany.azurecr.io or registry.example.com",
  },
  "server-misspelt": {
    message:
      "the server <host> is one letter away from <known>; names like it are used to steal passwords, so none was sent",
    hint: "write <known>",
  },
  "server-suffix": {
    message: "the server <host> looks like a registry of <cloud>, but its name does not end like one",
    hint: "write a name like <example>",
  },
  "hub-web-address": {
    message: "the server <host> is a web site of Docker, not the registry that images are pulled from",
    hint: "write docker.io",
  },
  "hub-browser-key": {
    message: "the server is the key of a token that docker itself stores after a login by browser",
    hint: "write docker.io",
  },
} as const;
