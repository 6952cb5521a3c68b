import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { tryRun } from "../test/support/shell.ts";
import { actionCase } from "./bench/action.ts";
import { type Case, type Figure, isMet } from "./bench/case.ts";
import { chart } from "./bench/chart.ts";
import { helperCase } from "./bench/helper.ts";
import { hookCase } from "./bench/hook.ts";
import { hostCase } from "./bench/host.ts";
import { install } from "./bench/installation.ts";
import { loginCase } from "./bench/login.ts";
import { renewalCase } from "./bench/renewal.ts";
import { packageVersion, ROOT } from "./project.ts";

// Times the installed Feature next to the alternatives. `npm run bench -- --check` fails where a goal is missed; `-- helper`
// (or the name of another part below) runs one part, without drawing the chart.

const CASES: Readonly<Record<string, Case>> = {
  helper: helperCase,
  renewal: renewalCase,
  hook: hookCase,
  login: loginCase,
  host: hostCase,
  action: actionCase,
};

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== "--check" && !Object.hasOwn(CASES, arg));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}: there are ${Object.keys(CASES)}, --check`);
const named = Object.entries(CASES).filter(([name]) => args.includes(name));
const wanted = named.length > 0 ? named : Object.entries(CASES);

const installation = await install();
const loads = [loadavg()[0] ?? 0];
const figures: Figure[] = [];
try {
  for (const [name, run] of wanted) {
    console.log(`measuring: ${name}`);
    figures.push(...(await run(installation)));
    loads.push(loadavg()[0] ?? 0);
  }
} finally {
  installation.remove();
}

const about = await describeMachine();
console.log(["", ...about, "", ...rows(figures), ""].join("\n"));
if (named.length === 0) writeFileSync(join(ROOT, "docs/bench.svg"), chart(figures, about));

const missed = figures.filter((figure) => !isMet(figure));
for (const { name } of missed) console.log(`missed: ${name}`);
if (args.includes("--check") && missed.length > 0) process.exitCode = 1;

async function describeMachine(): Promise<string[]> {
  const packages = ["amazon-ecr-credential-helper", "docker.io"];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg fills it in
  const { stdout } = await tryRun("dpkg-query", ["-W", "-f=${Package} ${Version}, ", ...packages]);
  const load = `load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown"}, ${load}`,
    `registry-login ${packageVersion()}, Node ${process.versions.node}, ${stdout.replace(/, $/, "")}`,
  ];
}

function rows(all: readonly Figure[]): string[] {
  const cells = all.map((figure) => {
    const { name, ours, theirs, unit = "ms", against, atMost } = figure;
    const digits = unit === "requests" || unit === "starts" ? 0 : 1;
    const ratio = theirs === 0 ? "" : `${(ours / theirs).toFixed(2)}x`;
    const limit =
      atMost === null ? "" : `at most ${theirs === 0 ? 0 : `${atMost}x`}: ${isMet(figure) ? "met" : "missed"}`;
    return [name, `${ours.toFixed(digits)} ${unit}`, `${theirs.toFixed(digits)} ${unit}`, against, ratio, limit];
  });
  const head = ["", "ours", "theirs", "compared with", "ratio", ""];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)));
  return [head, ...cells].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
