import { authValue, entryOfText } from "../../clients/docker/auths.ts";
import { jsonText } from "../../printable.ts";
import { dockerKey, type ExportedLogin } from "./exported-login.ts";

/**
 * A config.json with `auths` only: for docker with DOCKER_CONFIG, Helm, kaniko, envbuilder, Apptainer.
 * Source: https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export function dockerConfig(logins: readonly ExportedLogin[]): string {
  return jsonText({ auths: authsOf(logins, (login) => dockerKey(login.registry)) });
}

/** The entries of `auths`, as `docker login` writes them without a credential store. */
export function authsOf(
  logins: readonly ExportedLogin[],
  keyOf: (login: ExportedLogin) => string,
): Record<string, Readonly<Record<string, string>>> {
  return Object.fromEntries(
    logins.map((login) => {
      const { username, secret, isIdentityToken } = login;
      const text = isIdentityToken ? `${authValue(username, "")}\n${secret}` : authValue(username, secret);
      return [keyOf(login), entryOfText(text)];
    }),
  );
}
