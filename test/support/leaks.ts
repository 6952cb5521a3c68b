import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The forms in which a secret could leak: itself, a line of it, base64 alone or with its user, URL-encoded. */
export function formsOf(user: string, secret: string): string[] {
  const lines = secret.split("\n").filter((line) => line.length >= 8);
  const encoded = [secret, `${user}:${secret}`].map((text) => Buffer.from(text).toString("base64").replace(/=+$/, ""));
  return [secret, ...lines, ...encoded, encodeURIComponent(secret)];
}

/** Which of the forms stand in a text. */
export function findLeaks(text: string, forms: readonly string[]): string[] {
  return forms.filter((form) => text.includes(form));
}

/** Which of the forms stand in what a program prints, however long that is. */
export function findLeaksInOutput(
  program: string,
  args: readonly string[],
  forms: readonly string[],
): Promise<string[]> {
  const overlap = Math.max(...forms.map((form) => Buffer.byteLength(form)));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const found = new Set<string>();
    let tail = Buffer.alloc(0);
    child.stdout.on("data", (chunk: Buffer) => {
      const window = Buffer.concat([tail, chunk]);
      for (const form of forms) if (window.includes(form)) found.add(form);
      tail = window.subarray(-overlap);
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve([...found]) : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}

export interface Watched {
  readonly looks: number;
  /** Programs with a secret among their arguments, in containers and outside. */
  readonly inContainers: readonly string[];
  readonly outside: readonly string[];
}

/** Looks at the arguments of every process of this machine, containers included, until it is stopped. */
export function watchArguments(forms: readonly string[]): { stop(): Watched } {
  const inContainers = new Set<string>();
  const outside = new Set<string>();
  const own = readlinkSync("/proc/self/ns/pid");
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    for (const pid of readdirSync("/proc")) {
      if (!/^[0-9]+$/.test(pid)) continue;
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        if (findLeaks(line, forms).length === 0) continue;
        const where = readlinkSync(`/proc/${pid}/ns/pid`) === own ? outside : inContainers;
        where.add(line.split("\0")[0] ?? "");
      } catch {
        // The process ended meanwhile.
      }
    }
  }, 5);
  return {
    stop: () => {
      clearInterval(timer);
      return { looks, inContainers: [...inContainers], outside: [...outside] };
    },
  };
}
