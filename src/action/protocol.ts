import { appendFileSync } from "node:fs";
import { EOL } from "node:os";
import { randomHex } from "../platform/crypto.ts";
import type { Environment } from "../platform/environment.ts";

// What GitHub's runner and an action tell each other: variables, commands on stdout, and files that the runner names.
// Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions

/** An input of the action, trimmed; "" where it is not set. The runner puts its name into upper case, and keeps dashes. */
export function input(env: Environment, name: string): string {
  return (env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}

/** A line on stdout that the runner does not print, but acts on. */
export function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${[name, ...(list.length === 0 ? [] : [list.join(",")])].join(" ")}::${escapeData(message)}\n`;
}

/** A line of a secret that is shorter may be a bracket of JSON, and would be masked everywhere. In characters. */
const MIN_LINE = 3;

/**
 * The commands that make the runner mask these secrets in what any step of the job prints. It compares line by line, so
 * each line of a secret has a command of its own.
 */
export function maskCommands(secrets: Iterable<string>): string {
  const lines = [...secrets].flatMap((secret) => {
    const pieces = secret
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
    return pieces.length === 1 ? pieces : pieces.filter(({ length }) => length >= MIN_LINE);
  });
  return [...new Set(lines)].map((line) => command("add-mask", {}, line)).join("");
}

/**
 * A text that the runner prints as it is: one from outside, such as the answer of a registry, may look like a command, also
 * in the middle of a line (`##[...]`).
 */
export function literally(text: string): string {
  if (text === "") return "";
  const token = randomHex(16);
  return `${command("stop-commands", {}, token)}${text}${text.endsWith("\n") ? "" : "\n"}${command(token, {}, "")}`;
}

/** Hands values on to the post step, which gets them as variables `STATE_NAME`. Without a runner there is no such file. */
export function saveState(env: Environment, values: Readonly<Record<string, string>>): void {
  appendValues(env.GITHUB_STATE, values);
}

/** Sets outputs of the step. */
export function setOutputs(env: Environment, values: Readonly<Record<string, string>>): void {
  appendValues(env.GITHUB_OUTPUT, values);
}

function appendValues(file: string | undefined, values: Readonly<Record<string, string>>): void {
  if (file === undefined || file === "") return;
  const entries = Object.entries(values).map(([name, value]) => {
    // Random, so that no value can end before its end.
    const delimiter = `end-${randomHex(16)}`;
    return [`${name}<<${delimiter}`, value, delimiter, ""].join(EOL);
  });
  appendFileSync(file, entries.join(""));
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
