import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./fault.ts";

/** A disk with no room, with room for a part of what the agent writes, and for almost all of it. */
export function diskFaults(): Fault[] {
  return [0, 4, 8, 12, 16, 24].map(full);
}

function full(kilobytes: number): Fault {
  return {
    name: `a full disk (a small tmpfs) with ${kilobytes} KB left`,
    code: "disk-full",
    on: "small",
    apply: (home) => {
      const filler = join(home.folder, "filler");
      fill(filler);
      if (kilobytes > 0) execFileSync("truncate", ["-s", `-${kilobytes}K`, filler]);
      return () => rmSync(filler);
    },
  };
}

function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(handle);
  }
}
