import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { fresh, loggedIn, type Mistake, PASSWORD, set, startRegistry } from "./table.ts";

/** Mistakes in the environment and in the options. */
export const SECRETS: readonly Mistake[] = [
  {
    name: "nothing is set at all",
    code: "no-secrets",
    arrange: async () => fresh({}),
  },
  {
    name: "the password is missing",
    code: "secret-missing",
    arrange: async () =>
      fresh(set("ACR", "acr.example.com", { PASSWORD: undefined }), { targets: ["acr.example.com/app"] }),
  },
  {
    name: "_USERNAME instead of _USER",
    code: "secret-misnamed",
    arrange: async () => fresh(set("ACR", "acr.example.com", { USER: undefined, USERNAME: "bob" })),
  },
  {
    name: "_PASWORD instead of _PASSWORD",
    code: "secret-misspelt",
    arrange: async () => fresh(set("ACR", "acr.example.com", { PASSWORD: undefined, PASWORD: PASSWORD })),
  },
  {
    name: "a password that is empty, as a reference to nothing is",
    code: "secret-empty",
    arrange: async () => fresh(set("ACR", "acr.example.com", { PASSWORD: "" }), { targets: ["acr.example.com/app"] }),
  },
  {
    name: "a server that is still a reference",
    code: "secret-unresolved",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the mistake
    arrange: async () => fresh(set("ACR", "${localEnv:ACR_SERVER}")),
  },
  {
    name: "a server in quotes, as an env file keeps them",
    code: "secret-quoted",
    arrange: async () => fresh(set("ACR", '"acr.example.com"')),
  },
  {
    name: "a placeholder of an example",
    code: "secret-placeholder",
    arrange: async () => fresh(set("ACR", "<your-registry>")),
  },
  {
    name: "a colon in the user",
    code: "user-characters",
    arrange: async () => fresh(set("ACR", "acr.example.com", { USER: "bob:builder" })),
  },
  {
    name: "the password in the place of the server",
    code: "server-is-password",
    arrange: async () => fresh(set("ACR", PASSWORD)),
  },
  {
    name: "server and password in each other's place",
    code: "server-password-swapped",
    arrange: async () => fresh(set("ACR", PASSWORD, { PASSWORD: "acme.azurecr.io" })),
  },
  {
    name: "secret and option name different servers",
    code: "server-contradiction",
    arrange: async () => fresh(set("ACR", "one.example.com"), { options: { registries: "ACR=two.example.com" } }),
  },
  {
    name: "the option identifiers names one that is not there",
    code: "identifier-unknown",
    arrange: async () => {
      const { situation } = await loggedIn(set("ACR", await startRegistry()));
      return { ...situation, options: { identifiers: "ACR, ARC" } };
    },
  },
  {
    name: "githubToken is always, and there is no token",
    code: "github-token-missing",
    arrange: async () => {
      const { situation } = await loggedIn(set("ACR", await startRegistry()));
      return { ...situation, options: { githubToken: "always" } };
    },
  },
  {
    name: "githubToken is always, and nobody knows whose token it is",
    code: "gh-host",
    arrange: async () => {
      const token = { GITHUB_TOKEN: "ghs_0123456789", GITHUB_SERVER_URL: "http://github.example.com" };
      const { situation } = await loggedIn({ ...set("ACR", await startRegistry()), ...token });
      return { ...situation, options: { githubToken: "always" } };
    },
  },
  {
    name: "the password is a reference of another tool",
    code: "secret-reference",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), { PASSWORD: "op://vault/acr/password" })),
  },
  {
    name: "the password is a header",
    code: "secret-header",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), { PASSWORD: "Bearer 0123456789" })),
  },
  {
    name: "the password is user and password",
    code: "secret-with-user",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), { PASSWORD: "bob:0123456789" })),
  },
  {
    name: "the password is a whole config.json",
    code: "secret-config",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry(), { PASSWORD: '{"auths":{}}' })),
  },
  {
    name: "the dollar sign of the user is doubled",
    code: "user-dollar-doubled",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry({ user: "robot$a" }), { USER: "robot$$a" })),
  },
  {
    name: "the dollar sign of the user is lost",
    code: "user-dollar-lost",
    leadsTo: "credential-refused",
    arrange: async () => fresh(set("A", await startRegistry({ user: "robot$a" }), { USER: "robot" })),
  },
  {
    name: "an AWS access key at a server that is not AWS's",
    code: "aws-keys-elsewhere",
    arrange: async () => fresh(set("A", await startRegistry(), { USER: "AKIAIOSFODNN7EXAMPLE" })),
  },
  {
    name: "an AWS secret access key as the user",
    code: "aws-user-is-secret",
    arrange: async () => fresh(set("A", ECR_HOST, { USER: AWS_KEY.secretAccessKey })),
  },
  {
    name: "an AWS secret access key as a token",
    code: "aws-token-is-key",
    arrange: async () => fresh(set("A", ECR_HOST, { USER: "AWS", PASSWORD: AWS_KEY.secretAccessKey })),
  },
  {
    name: "an option with a value that it cannot have",
    code: "option-invalid",
    arrange: async () => {
      const { situation } = await loggedIn(set("ACR", await startRegistry()));
      return { ...situation, options: { storage: "cloud" } };
    },
  },
  {
    name: "a mapping that is not ID=host",
    code: "registries-form",
    arrange: async () => {
      const { situation } = await loggedIn(set("ACR", await startRegistry()));
      return { ...situation, options: { registries: "ACR: acr.example.com" } };
    },
  },
  {
    name: "a mapping with one identifier twice",
    code: "registries-twice",
    arrange: async () => {
      const { situation } = await loggedIn(set("ACR", await startRegistry()));
      return { ...situation, options: { registries: "B=b.example.com, B=c.example.com" } };
    },
  },
  ...(
    [
      ["a scheme that is none of a registry", "ftp://acr.example.com", "server-scheme"],
      ["a user in the server", "https://bob@acr.example.com", "server-user"],
      ["a letter that host names do not have", "acr.exämple.com", "server-characters"],
      ["no host name", "acr_example.com", "server-form"],
      ["a port that there is not", "acr.example.com:99999", "server-port"],
      ["the short name of an Azure registry", "mycompany", "server-short"],
      ["two letters swapped", "ghrc.io", "server-misspelt"],
      ["Docker Hub's web site", "https://hub.docker.com", "hub-web-address"],
      ["a key of docker's browser login", "https://index.docker.io/v1/access-token", "hub-browser-key"],
    ] as const
  ).map(([name, server, code]): Mistake => ({ name, code, arrange: async () => fresh(set("ACR", server)) })),
  {
    name: "a target that is neither a host nor an image",
    code: "image-name",
    arrange: async () => fresh({}, { targets: ["acme/App:1"] }),
  },
  {
    name: "two sets for one host, and the wrong one is used",
    code: "other-secrets-accepted",
    arrange: async () => {
      const host = await startRegistry();
      return fresh({ ...set("A", host, { PASSWORD: "another-password-1" }), ...set("B", host) });
    },
  },
];
