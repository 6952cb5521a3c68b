import type { HostMachine } from "../../context.ts";
import type { LoginRequest } from "../../discovery/request.ts";

/** Where the parts of a login come from, in words: a file as it was named, or what else has them. */
export interface Origin {
  readonly server: string;
  /** Null for a login without a password. */
  readonly password: string | null;
}

const FROM = {
  environment: "the environment",
  option: "the option registries",
  codespaces: "the secrets file of the codespace",
  gitlab: "the variables of GitLab CI",
  "github-token": "GITHUB_TOKEN",
} as const;

/** Where a login's server and password come from, on a host, which has several places for each. */
export function originOf({ identifier, source, password }: LoginRequest, { origins }: HostMachine): Origin {
  const ofVariable = (part: string): string =>
    origins?.variables.get(`${identifier}_CONTAINER_REGISTRY_${part}`) ?? FROM.environment;
  if (source === "github-token") {
    const from = origins?.variables.get("GITHUB_TOKEN") ?? FROM[source];
    return { server: from, password: from };
  }
  if (source !== "environment" && source !== "option") {
    return { server: FROM[source], password: password === null ? null : FROM[source] };
  }
  return {
    server: source === "option" ? (origins?.servers.get(identifier) ?? FROM.option) : ofVariable("SERVER"),
    password: password === null ? null : ofVariable("PASSWORD"),
  };
}

/** The same as a part of a line. */
export function describeOrigin({ server, password }: Origin): string {
  if (password === server) return `from ${server}`;
  return password === null ? `server from ${server}` : `server from ${server}, password from ${password}`;
}
