import { explain } from "../findings/finding.ts";
import type { Sources } from "./sources.ts";

/** Names under which people keep secrets. */
const SECRET_NAME =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASS|SECRET|PAT|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|AUTH)(?:$|_)/i;

/** Does this variable look as if it held a secret? Names of files and settings about secrets do not count. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return SECRET_NAME.test(words) && !/_(?:FILE|PATH|URL|NAME|ID|DIR|HOST|TYPE|METHOD)$/i.test(words);
}

/** Notes build arguments with the name of a secret: they stay in the image's history. */
export function noteSecretArguments(
  sources: Sources,
  file: string,
  where: string,
  args: readonly (readonly [name: string, value: unknown])[],
): void {
  for (const [name] of args) {
    if (isSecretName(name)) sources.note(explain("build-argument-secret", { file, where, name }));
  }
}
