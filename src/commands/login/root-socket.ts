import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { explainExchange } from "../../platform/trust.ts";

/** How long the other side may take to send what it has ready. */
const READ_LIMIT_MS = 10_000;

/** The variables of a process have less, by Linux's limit (execve(2)). */
const MAX_BYTES = 4 * 1024 * 1024;

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
  const server = createServer((socket) => {
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
 * Reads what was offered at a socket.
 * @param uid whose socket it has to be: root must not be made to open others
 * @throws UserError where it is no socket of this user, or nothing comes in time; the message holds nothing that was read
 */
export async function takeOffer(path: string, uid: number): Promise<string> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSocket() !== true || stats.uid !== uid) throw unusable();
  const socket = connect(path);
  socket.setTimeout(READ_LIMIT_MS, () => socket.destroy(unusable()));
  try {
    let text = "";
    for await (const chunk of socket.setEncoding("utf8")) {
      text += chunk;
      if (text.length > MAX_BYTES) throw unusable();
    }
    return text;
  } catch {
    throw unusable();
  } finally {
    socket.destroy();
  }
}

function unusable(): UserError {
  return new UserError(explain("usage", { problem: "stdin names no socket of the user who ran sudo" }));
}
