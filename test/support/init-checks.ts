import { expect } from "vitest";
import {
  commentsWithCode,
  type InitAnswer,
  LINE,
  layOut,
  parseStrictly,
  readWithCli,
  type Shape,
} from "./init-shapes.ts";

type Json = Readonly<Record<string, unknown>>;

/** Checks all that a shape promises: what `init` reports and writes, a second run, and `--remove`. */
export async function checkShape(shape: Shape): Promise<void> {
  const repository = layOut(shape.files);
  const before = repository.snapshot();
  const answer = await repository.answer(shape.run);
  if (shape.exit === "refused") {
    expect(answer).toMatchObject({ exitCode: 2, outcome: "refused", code: shape.code });
    expect(repository.snapshot()).toEqual(before);
    return;
  }
  const config = shape.config ?? ".devcontainer/devcontainer.json";
  const old = shape.files[config] ?? "";
  expect(answer).toMatchObject({ exitCode: 0, outcome: expect.stringMatching(/^(?:changed|unchanged)$/) });
  checkReport(shape, answer);
  const text = repository.read(config);
  checkText(old, text, answer);
  const { [config]: _, ...others } = before;
  const { [config]: written, ...stay } = repository.snapshot();
  expect(stay).toEqual(others);
  expect(await repository.answer(shape.run)).toMatchObject({ exitCode: 0, outcome: "unchanged", difference: "" });
  expect(repository.snapshot()[config]).toBe(written);
  const taken = await repository.answer(["init", "--remove", "--yes", ...placeOf(shape)]);
  expect(taken).toMatchObject({ exitCode: 0 });
  if (shape.keepsOurs !== true) expect(repository.snapshot()).toEqual(before);
}

/** Checks that the dev container CLI itself reads the old configuration and ours from what `init` writes. */
export async function checkWithCli(shape: Shape): Promise<void> {
  if (shape.exit === "refused") return;
  const repository = layOut(shape.files);
  const config = shape.config ?? ".devcontainer/devcontainer.json";
  const answer = await repository.answer(shape.run);
  const text = repository.read(config);
  const read = await readWithCli(text);
  expect(read).toEqual(resolved(parseStrictly(text)));
  expect(withoutOurs(read, answer)).toEqual(withoutOurs(resolved(parseStrictly(shape.files[config] ?? "")), answer));
}

/** Variables that are not set have their default, or no text. */
function resolved(config: unknown): Json {
  return JSON.parse(JSON.stringify(config).replace(/\$\{localEnv:\w+(?::([^:}]*))?[^}]*\}/g, "$1"));
}

/** The folder that `--workspace-folder` names, with a slash. */
function prefix({ run }: Shape): string {
  const at = run.indexOf("--workspace-folder");
  return at === -1 ? "" : `${run[at + 1]}/`;
}

function placeOf({ run }: Shape): string[] {
  return ["--config", "--workspace-folder"].flatMap((flag) => {
    const at = run.indexOf(flag);
    return at === -1 ? [] : [flag, run[at + 1] ?? ""];
  });
}

function checkReport(shape: Shape, answer: InitAnswer): void {
  if (shape.feature !== undefined) expect(answer.feature?.action).toBe(shape.feature);
  const { action, value } = shape.initializeCommand ?? {};
  const actions = action === "depends" ? /./ : new RegExp(`^${action ?? ".*"}$`);
  expect(answer.initializeCommand?.action).toMatch(actions);
  if (value !== undefined) checkValue(value, answer.initializeCommand?.value);
  if (shape.secrets !== undefined) expect([...answer.secrets.declared].sort()).toEqual([...shape.secrets].sort());
  const codes = answer.warnings.map(({ code }) => code);
  for (const code of shape.notes ?? []) expect(codes).toContain(code);
  const hosts = answer.registries.map(({ host }) => host);
  for (const host of shape.absent ?? []) expect(hosts).not.toContain(host);
  for (const { host, privacy, before, uses, id } of shape.registries ?? []) {
    const found = answer.registries.find((each) => each.host === host);
    expect(found, host).toMatchObject({ privacy, before, ...(id === undefined ? {} : { id }) });
    for (const use of uses) {
      const file = use.file.slice(use.file.startsWith(prefix(shape)) ? prefix(shape).length : 0);
      expect(found?.uses).toContainEqual(expect.objectContaining({ ...use, file }));
    }
  }
}

/** `{OLD}` stands for anything. */
function checkValue(expected: unknown, found: unknown): void {
  if (typeof expected === "string") {
    const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = expected
      .split(/(\{OURS\}|\{OLD\})/)
      .map((part) => ({ "{OURS}": literally(LINE), "{OLD}": ".*" })[part] ?? literally(part));
    expect(found).toMatch(new RegExp(`^${pattern.join("")}$`, "s"));
    return;
  }
  for (const [key, each] of Object.entries(expected as Json)) {
    if (each !== "{OLD}") checkValue(each, (found as Json)[key]);
  }
}

/** The result parses, holds the old values, and keeps every comment and every line. */
export function checkText(
  old: string,
  text: string,
  answer: Pick<InitAnswer, "initializeCommand">,
  comparesCode = true,
): void {
  const [before, after] = [parseStrictly(old) as Json, parseStrictly(text) as Json];
  expect(withoutOurs(after, answer)).toEqual(withoutOurs(before, answer));
  expect(commentsWithCode(text, comparesCode)).toEqual(commentsWithCode(old, comparesCode));
  expect(text.startsWith("\uFEFF")).toBe(old.startsWith("\uFEFF"));
  if (/\n/.test(old)) expect(/[^\r]\n/.test(text)).toBe(/[^\r]\n|^\n/.test(old));
  expect(/[\r\n]$/.test(text)).toBe(/[\r\n]$/.test(old));
}

/** A configuration without what `init` adds; the old hook stands for itself. */
function withoutOurs(config: Json, { initializeCommand }: Pick<InitAnswer, "initializeCommand">): Json {
  const { features, secrets, remoteEnv, runArgs, initializeCommand: hook, ...rest } = config;
  const isOurs = (key: string): boolean => /(?:^|\/)registry-login(?:[:@]|$)/.test(key);
  const others = (value: unknown, filter: (key: string, each: unknown) => boolean): object =>
    Object.fromEntries(Object.entries((value ?? {}) as Json).filter(([key, each]) => !filter(key, each)));
  const isDeclared = (_: string, each: unknown): boolean =>
    /registry-login/.test(String((each as Json).documentationUrl));
  const isChanged = !["none", "present", "tell"].includes(initializeCommand?.action ?? "none");
  return {
    ...rest,
    features: others(features, isOurs),
    secrets: others(secrets, isDeclared),
    remoteEnv: others(remoteEnv, (key) => /^ACME_CONTAINER_REGISTRY_/.test(key)),
    runArgs: withoutEnvFile((runArgs ?? []) as readonly string[]),
    hook: isChanged ? oldHook(hook) : (hook ?? null),
  };
}

function withoutEnvFile(runArgs: readonly string[]): string[] {
  const isOurs = (word = ""): boolean => word.endsWith("registry-login.env");
  return runArgs.filter((word, at) => !isOurs(word) && !(word === "--env-file" && isOurs(runArgs[at + 1])));
}

function oldHook(hook: unknown): unknown {
  if (typeof hook === "string") {
    if (hook.trim() === "") return "";
    if (hook.startsWith(`(${hookOf(hook)}) && `)) return hook.slice(hookOf(hook).length + 6);
    return /^npx --yes @registry-login/.test(hook) ? "" : hook;
  }
  if (hook === undefined || (Array.isArray(hook) && hook.length === 0)) return "";
  if (Array.isArray(hook)) return hook;
  const entries = Object.entries(hook as Json).filter(([, each]) => !/@registry-login\/cli/.test(String(each)));
  return entries.length === 1 && entries[0]?.[0] === "project" ? entries[0][1] : Object.fromEntries(entries);
}

function hookOf(hook: string): string {
  return /^\(([^()]*)\) && /.exec(hook)?.[1] ?? "";
}
