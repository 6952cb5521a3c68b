/** What can be wrong with the text of a server. */
export const server = {
  "server-empty": { message: "the server is empty", hint: "write the registry's host name, like ghcr.io" },
  "server-scheme": {
    message: "the server starts with <scheme>://",
    hint: "write the registry's host name alone, like ghcr.io",
  },
  "server-user": {
    message: "the server holds a user name (the part before @)",
    hint: "put the user into _USER, the password into _PASSWORD, and leave the host name alone in _SERVER",
  },
  "server-characters": {
    message: "the server <server> holds a space or a letter that host names do not have",
    hint: "write the host name in ASCII (an international name in its xn-- form)",
  },
  "server-quoted": {
    message: "the server <server> holds a quotation mark",
    hint: "remove the quotes around the value",
  },
  "server-unencrypted": {
    message: "the server is <server>: a password would cross the network unencrypted",
    hint: "write <host> (it is then reached by https); http is for registries on this machine only",
  },
  "server-form": {
    message: "the server <server> is not a host name",
    hint: "write the registry's host name, with a port if it has one, like registry.example.com:5000",
  },
  "server-port": {
    message: "the server <server> has no valid port",
    hint: "write a port between 1 and 65535, or none",
  },
  "server-short": {
    message: 'the server "<host>" has neither a dot nor a port, so container clients would look for it on Docker Hub',
    hint: "write the full host name, like <host>.azurecr.io or <host>.example.com",
  },
  "server-misspelt": {
    message: "the server <host> is one letter away from <known>, and names like it were made to catch passwords",
    hint: "write <known>; no password was sent",
  },
  "server-suffix": {
    message: "the server <host> looks like a registry of <cloud>, but its name does not end like one",
    hint: "write it like <example>",
  },
  "hub-web-address": {
    message: "the server <host> is not the registry that images are pulled from",
    hint: "write docker.io",
  },
  "hub-browser-key": { message: "the server is a key of docker's own browser login", hint: "write docker.io" },
} as const;
