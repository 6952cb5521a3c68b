import * as z from "zod/mini";
import type { HelperContext, Result } from "../../context.ts";
import { savedSecret } from "../../credentials/current-secret.ts";
import { parseOptions, readOptions } from "../../discovery/options.ts";
import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseJson } from "../../platform/json.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import type { Change, SavedLogin, Store } from "../../store/store.ts";
import {
  dockerLoginKey,
  fail,
  joinLines,
  NO_SERVER,
  NO_USERNAME,
  parseClientsRegistry,
  refuse,
  registryOf,
} from "./protocol.ts";

const payload = z.lazy(() => z.object({ ServerURL: z.string(), Username: z.string(), Secret: z.string() }));

/**
 * Saves what a person logs in with (`docker login`). It comes before what was discovered, until it is erased.
 * @param input the protocol's JSON object
 */
export async function store(context: HelperContext, input: string): Promise<Result> {
  const parsed = payload.safeParse(parseJson(input));
  if (!parsed.success) return fail("the input is not the JSON object of a credential (ServerURL, Username, Secret)");
  const { ServerURL: server, Username: username, Secret: secret } = parsed.data;
  if (server.trim() === "") return refuse(NO_SERVER);
  if (username === "") return refuse(NO_USERNAME);
  context.secrets.add([secret]);
  try {
    const host = dockerLoginKey(server) ?? parseClientsRegistry(server).host;
    const saved = openStore(context);
    if (isAlreadyServed(context, saved, host, { username, secret })) {
      await removeStored(saved, host);
      return DONE;
    }
    // A client that calls the helper reads its answers: with plaintext storage docker writes its file itself.
    const { storage } = parseOptions(readOptions(context), {});
    await changeStored(saved, host, {
      storage: storage === "disk" ? "disk" : "memory",
      origin: "stored",
      entry: { ...NEW_ENTRY, host, username, secret },
    });
    return DONE;
  } catch (error) {
    if (error instanceof UserError) return fail(`registry-login: ${error.message}; ${error.hint}`);
    throw error;
  }
}

const DONE: Result = { stdout: "", exitCode: 0 };

const NEW_ENTRY = { version: 1, expiresAt: null, identifier: null, identity: null, githubToken: false } as const;

/**
 * `docker login HOST` without a user stores what the helper has just answered. Saved, it would outlive the token that it
 * is, and write a GitHub token down; so it only removes an older one of the person's own.
 */
function isAlreadyServed(
  context: HelperContext,
  store: Store,
  host: string,
  { username, secret }: { username: string; secret: string },
): boolean {
  return store
    .entries()
    .filter(({ origin, entry }) => origin === "discovered" && entry.host === host && entry.username === username)
    .some((saved) => savedSecret(context, store, saved) === secret);
}

async function removeStored(store: Store, host: string): Promise<void> {
  const isStored = ({ origin, entry }: SavedLogin): boolean => origin === "stored" && entry.host === host;
  if (store.entries().some(isStored)) await changeStored(store, host);
}

/** Replaces what a person stored for a host with `docker login`, or removes it. */
async function changeStored(store: Store, host: string, saving?: Change<null>["save"][number]): Promise<void> {
  await store.commit((): Change<null> => {
    const { registrations, configFiles, journal } = store;
    const isObsolete = ({ origin, entry, storage }: SavedLogin): boolean =>
      origin === "stored" && entry.host === host && storage !== saving?.storage;
    return {
      save: saving === undefined ? [] : [saving],
      registrations,
      isObsolete,
      updateClients: async () => ({ result: null, configFiles, journal }),
    };
  });
}

/**
 * Removes what a person stored for a server (`docker logout`). A login from secrets stays, and stderr says so.
 * @param input the server
 */
export async function erase(context: HelperContext, input: string): Promise<Result> {
  const server = joinLines(input);
  if (server === "") return refuse(NO_SERVER);
  const host = dockerLoginKey(server) ?? registryOf(server)?.host;
  if (host === undefined) return DONE;
  const store = openStore(context);
  context.secrets.add(savedSecrets(store));
  await removeStored(store, host);
  const left = store.find(host)?.entry;
  if (left === undefined) return DONE;
  const why = left.githubToken
    ? cause("github-token-set")
    : cause("secrets-set", { identifier: left.identifier ?? host });
  const { message, hint } = explain("still-logged-in", { host, cause: why });
  return { ...DONE, stderr: `registry-login: ${message}; ${hint}\n` };
}
