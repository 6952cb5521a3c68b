/** The command of the npm package, as people write it. */
export const PROGRAM = "npx --yes @registry-login/cli@1";

/** The line in devcontainer.json with which a host logs in. */
export function hookLine(args = ""): string {
  return `${PROGRAM} login --if-changed${args} || echo registry-login could not run`;
}
