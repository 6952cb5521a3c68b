import { jsonLine } from "../../printable.ts";
import { authsOf } from "./docker.ts";
import { dockerKey, type ExportedLogin } from "./exported-login.ts";
import { rejectIdentityTokens } from "./identity-token.ts";

/**
 * The value of DOCKER_AUTH_CONFIG, which docker, GitLab's runner and testcontainers read: one line of JSON, in which docker
 * accepts no other field than `auth`.
 * @param inBase64 as ENVBUILDER_DOCKER_CONFIG_BASE64 has it
 * @throws UserError for an identity token
 * Sources: docker/cli `cli/config/configfile` (DockerEnvConfigKey); coder/envbuilder `initDockerConfigOverride`
 */
export function dockerAuthConfig(logins: readonly ExportedLogin[], inBase64: boolean): string {
  rejectIdentityTokens(logins, "docker-auth-config");
  const line = jsonLine({ auths: authsOf(logins, ({ registry }) => dockerKey(registry)) });
  return inBase64 ? `${Buffer.from(line.trimEnd()).toString("base64")}\n` : line;
}
