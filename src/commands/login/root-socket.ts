import { closeSync, constants, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { loadNet } from "../../platform/lazy-modules.ts";
import { O_PATH } from "../../platform/place.ts";
import { explainExchange } from "../../platform/trust.ts";

/** How long the other side may take to send what it has ready. */
const READ_LIMIT_MS = 10_000;

/** The variables of a process have less, by Linux's limit (execve(2)). */
const MAX_BYTES = 4 * 1024 * 1024;

/** Linux's limit (PATH_MAX), and a line break. */
const MAX_PATH_BYTES = 4097;

/** A text that waits for root, or another process of this user, to read it. */
export interface Offer {
  /** Of the socket, which only this user and root can reach. */
  readonly path: string;
  /** Resolves when somebody has read it. */
  readonly taken: Promise<void>;
  close(): void;
}

/**
 * Offers a text at a socket in a new private folder. Unlike stdin, it is in no log of sudo's (`log_input`), and unlike a
 * file it is gone with this process.
 * @param folders where the folder may be made, best first; the system's folder for temporary files is the last choice
 * @throws UserError where other users could exchange a folder in any of them
 */
export async function offer(text: string, folders: readonly string[]): Promise<Offer> {
  const folder = makePrivateFolder([...folders, tmpdir()]);
  const path = join(folder, "socket");
  let markTaken = (): void => undefined;
  const taken = new Promise<void>((resolve) => {
    markTaken = resolve;
  });
  const server = loadNet().createServer((socket) => {
    // A reader that ends early has not read it.
    socket.on("error", () => undefined);
    socket.end(text, () => markTaken());
  });
  const close = (): void => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path, resolve);
    });
  } catch (error) {
    close();
    throw error;
  }
  // A login that has ended does not wait for root.
  server.unref();
  return { path, taken, close };
}

function makePrivateFolder(parents: readonly string[]): string {
  for (const parent of parents) {
    if (explainExchange(parent, parent) !== null) continue;
    try {
      return mkdtempSync(join(parent, "registry-login-root-"));
    } catch {
      // It does not exist here, or this user may not write to it.
    }
  }
  throw new UserError(explain("tmpfs-open", { folders: parents.join(", ") }));
}

/**
 * Reads the path of a socket, which is all that the input has.
 * @throws UserError where it has more, or does not end in time
 */
export async function readSocketPath(input: Readable): Promise<string> {
  return (await readShort(input, MAX_PATH_BYTES)).trim();
}

/**
 * Reads what was offered at a socket.
 * @param uid whose socket it has to be: root must not be made to open others
 * @throws UserError where it is no socket of this user, or nothing comes in time; the message holds nothing that was read
 */
export async function takeOffer(path: string, uid: number): Promise<string> {
  let handle: number;
  try {
    handle = openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch {
    throw unusable();
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isSocket() || stats.uid !== uid) throw unusable();
    // Through the handle: by its path, another one could be opened by now.
    return await readShort(loadNet().connect(`/proc/self/fd/${handle}`), MAX_BYTES);
  } finally {
    closeSync(handle);
  }
}

async function readShort(input: Readable, maxBytes: number): Promise<string> {
  const timer = setTimeout(() => input.destroy(unusable()), READ_LIMIT_MS);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of input as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw unusable();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } catch {
    throw unusable();
  } finally {
    clearTimeout(timer);
    input.destroy();
  }
}

function unusable(): UserError {
  return new UserError(explain("usage", { problem: "stdin names no socket of the user who ran sudo" }));
}
