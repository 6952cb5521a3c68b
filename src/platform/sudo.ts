import { closeSync, openSync, statSync } from "node:fs";
import { type Environment, homeFolder } from "./environment.ts";

/** Node has it, its types do not. */
interface WithInitgroups {
  readonly initgroups?: (user: string, extraGroup: number) => void;
}

/**
 * Gives up root's rights for those of the user who ran sudo, where HOME is still that user's, as sudo leaves it on macOS and
 * with the option -E: what root would write there, that user's docker could not read. Without effect where this process
 * was not started with sudo, or the user cannot read the program itself.
 * @param program the file that this process runs
 * Source: sudo(8), SUDO_UID and SUDO_GID
 */
export function giveUpRoot(env: Environment, program: string): void {
  const { getuid, initgroups, setgid, setgroups, seteuid, setuid }: NodeJS.Process & WithInitgroups = process;
  const [uid, gid] = [idOf(env.SUDO_UID), idOf(env.SUDO_GID)];
  if (getuid?.() !== 0 || uid === null || gid === null || uid === 0 || !isOwnerOfHome(env, uid)) return;
  seteuid?.(uid);
  const isReadable = canRead(program);
  seteuid?.(0);
  if (!isReadable) return;
  try {
    initgroups?.(env.SUDO_USER ?? "", gid);
  } catch {
    // A user that no list of accounts has.
    setgroups?.([gid]);
  }
  setgid?.(gid);
  setuid?.(uid);
}

function idOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : null;
}

function isOwnerOfHome(env: Environment, uid: number): boolean {
  try {
    return statSync(homeFolder(env)).uid === uid;
  } catch {
    return false;
  }
}

function canRead(file: string): boolean {
  try {
    closeSync(openSync(file, "r"));
    return true;
  } catch {
    return false;
  }
}
