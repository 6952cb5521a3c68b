import { HELPER } from "../../clients/credential-helper.ts";
import type { HelperContext, Result } from "../../context.ts";
import { jsonLine } from "../../printable.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import { VERSION } from "../../version.ts";
import { get, renew } from "./get.ts";
import { fail, print, registryOf } from "./protocol.ts";
import { erase, store } from "./store.ts";

const NAME = `docker-credential-${HELPER}`;
const USAGE = `Usage: ${NAME} <store|get|erase|list|version>`;

/**
 * docker's credential-helper protocol. Errors go to stdout with exit code 1, as clients expect; stderr is for persons.
 * @param args the arguments
 * @param readStdin reads the client's input to its end
 * Source: https://github.com/docker/docker-credential-helpers (credentials package)
 */
export async function credentialHelper(
  context: HelperContext,
  args: readonly string[],
  readStdin: () => Promise<string>,
): Promise<Result> {
  const [verb = ""] = args;
  if (args.length === 1) {
    switch (verb) {
      case "get":
        return await get(context, await readStdin());
      case "store":
        return await store(context, await readStdin());
      case "erase":
        return await erase(context, await readStdin());
      case "list":
        return list(context);
      case "renew":
        return await renew(context, await readStdin());
      case "version":
      case "--version":
      case "-v":
        return print(`${NAME} (registry-login) ${VERSION}`);
      case "--help":
      case "-h":
        return print(USAGE);
    }
  }
  return args.length === 1 ? fail(`unknown action: ${verb}\n${USAGE}`) : fail(USAGE);
}

function list(context: HelperContext): Result {
  const store = openStore(context);
  context.secrets.add(savedSecrets(store));
  const hosts = new Set(store.entries().map(({ entry }) => entry.host));
  const users = [...hosts].flatMap((host) => {
    const key = registryOf(host)?.keys[0];
    const found = store.find(host);
    return key === undefined || found === null ? [] : [[key, found.entry.username] as const];
  });
  return { stdout: jsonLine(Object.fromEntries(users)), exitCode: 0 };
}
