import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { runLine } from "../support/command-line.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { makeHome, secrets } from "../support/temp-home.ts";
import { unpackVersion1 } from "../support/version1.ts";

// What programs of others read. The page is the contract; version 1.0.0 is where it began.

const COMMANDS = ["plan", "login", "status", "doctor", "logout"] as const;

const page = readFileSync(join(ROOT, "docs/user/json-outputs.md"), "utf8");

/** The keys that the page has for a command, with the kinds of their values. */
function documented(command: string): Map<string, string> {
  const [, section = ""] = page.split(`## \`registry-login ${command} --json\`\n`);
  const [rows = ""] = section.split(/^## /m);
  return new Map([...rows.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, key = "", kind = ""]) => [key, kind]));
}

const KINDS: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "true or false" };

/** The keys of a JSON value in the page's form, with the kind of value; that of a list without members is `empty`. */
function keysOf(value: unknown, at = ""): [key: string, kind: string][] {
  if (Array.isArray(value)) {
    return value.length === 0 ? [[at, "empty"]] : value.flatMap((each) => keysOf(each, `${at}[]`));
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => keysOf(each, at === "" ? key : `${at}.${key}`));
  }
  return [[at, value === null ? "null" : `${KINDS[typeof value]}`]];
}

/** The command lines of a person with a login that works, one that is rejected, and a set that is not complete. */
async function situation() {
  const password = "Hunter2-Hunter2";
  const host = await startLocalRegistry(password);
  const other = host.replace("localhost", "127.0.0.1");
  const variables = {
    ...secrets("ACME", host, "bob", password),
    ...secrets("WRONG", other, "bob", "not-the-password"),
    HALF_CONTAINER_REGISTRY_SERVER: "registry.example.com",
  };
  const lines = [
    ["plan", "--json"],
    ["login", "--json", "--storage", "disk"],
    ["status", "--json"],
    ["doctor", "--json", `${host}/private/hello:1`, other],
    ["logout", "--json", host, "nowhere.example"],
  ];
  return { variables, lines };
}

/** What each command printed, as keys with their kinds. */
type Printed = ReadonlyMap<string, readonly (readonly [key: string, kind: string])[]>;

async function printedBy(run: (args: readonly string[], variables: Record<string, string>) => Promise<string>) {
  const { variables, lines } = await situation();
  const printed = new Map<string, [string, string][]>();
  for (const args of lines) printed.set(`${args[0]}`, keysOf(JSON.parse(await run(args, variables))));
  return printed as Printed;
}

/** The keys that a command printed and that the page does not have, or not with that kind of value. */
function undocumented(command: string, printed: Printed): string[] {
  const known = [...documented(command)];
  const isKnown = (key: string, kind: string): boolean =>
    kind === "empty" || kind === "null"
      ? known.some(
          ([each, kinds]) =>
            (each === key && kinds.includes(kind)) || each.startsWith(`${key}.`) || each.startsWith(`${key}[]`),
        )
      : known.some(([each, kinds]) => each === key && kinds.includes(kind));
  return (printed.get(command) ?? []).flatMap(([key, kind]) => (isKnown(key, kind) ? [] : `${key}: ${kind}`));
}

test("every key of every command is on the page, and every key of the page is printed", async () => {
  const home = makeHome();
  const printed = await printedBy(async (args, variables) => (await runLine(home, args, variables)).stdout);
  for (const command of COMMANDS) {
    expect({ command, undocumented: undocumented(command, printed) }).toEqual({ command, undocumented: [] });
    const found = printed.get(command) ?? [];
    // What is below a list without members, or below null, does not show here.
    const isPrinted = (key: string): boolean =>
      found.some(
        ([each, kind]) =>
          each === key ||
          (kind === "empty" && key.startsWith(`${each}[]`)) ||
          (kind === "null" && key.startsWith(`${each}.`)),
      );
    const missing = [...documented(command).keys()].filter((key) => !isPrinted(key));
    expect({ command, missing }).toEqual({ command, missing: [] });
  }
});

test("every key that version 1.0.0 printed is on the page, with the same kind of value", async () => {
  const older = unpackVersion1();
  const home = makeHome();
  const printed = await printedBy(async (args, variables) => {
    // That version printed no JSON where it had nothing to log out of.
    const known = args.filter((arg) => arg !== "nowhere.example");
    return (await older.command(known, { HOME: home.folder, ...variables })).stdout;
  });
  for (const command of COMMANDS) {
    expect(printed.get(command)?.length).toBeGreaterThan(3);
    expect({ command, undocumented: undocumented(command, printed) }).toEqual({ command, undocumented: [] });
  }
});
