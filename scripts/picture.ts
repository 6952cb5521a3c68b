import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedRegistry } from "../test/support/embedded-registry.ts";
import { ROOT } from "./project.ts";
import { terminalPicture } from "./terminal-picture.ts";

// Draws the pictures of the README from real runs of `init` and `doctor`, in a terminal of 94 columns. The registry runs on
// this machine under a random port; the pictures show the name that a company's would have. `npm run pictures` writes them.

const COLUMNS = 94;
/** The name is longer than the address that it replaces. */
const PICTURE_COLUMNS = 104;
const NAME = "registry.acme.example";

const PROGRAM = [process.execPath, "--import", import.meta.resolve("tsx"), join(ROOT, "src/host.ts")];

const folder = mkdtempSync(join(tmpdir(), "registry-login-picture-"));
// No engine of this machine is to be in the pictures.
const bin = join(folder, "bin");
mkdirSync(bin);
for (const tool of ["sh", "stty"]) symlinkSync(`/bin/${tool}`, join(bin, tool));
const registry = await startEmbeddedRegistry({
  auth: "basic",
  user: "ci-puller",
  password: "a-password-for-the-picture",
});

/** Runs a command line of the program in a terminal. @returns what it shows, with its colors */
async function show(args: string, secrets: Readonly<Record<string, string>> = {}): Promise<string> {
  const line = [...PROGRAM.map((word) => `'${word}'`), args].join(" ");
  const command = `stty cols ${COLUMNS} rows 60; ${line}`;
  const env = { HOME: folder, PATH: bin, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh", ...secrets };
  const child = spawn("/usr/bin/script", ["--quiet", "--command", command, "/dev/null"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => child.on("close", resolve));
  const text = Buffer.concat(chunks).toString("utf8").replaceAll("\r", "");
  const port = registry.host.replace(/^.*:/, "");
  return text
    .replaceAll(registry.host, NAME)
    .replaceAll(/(?:127\.0\.0\.1|::1)(?=[^\n]*answers)/g, "203.0.113.7")
    .replaceAll(port, "443")
    .replaceAll(folder, "~");
}

try {
  mkdirSync(join(folder, ".devcontainer"));
  const config = `{\n  // The team's image\n  "image": "${registry.host}/dev/base:3",\n  "forwardPorts": [3000]\n}\n`;
  writeFileSync(join(folder, ".devcontainer/devcontainer.json"), config);
  const init = await show(`init --yes --registry ACME=${registry.host}`);
  // What is left to do is longer than a picture should be.
  const [top = ""] = init.split(/\n(?=[^\n]*Left to do)/);
  const secrets = {
    ACME_CONTAINER_REGISTRY_SERVER: registry.host,
    ACME_CONTAINER_REGISTRY_USER: "ci-puller",
    ACME_CONTAINER_REGISTRY_PASSWORD: "a-password-for-the-picture",
  };
  const doctor = await show(`doctor ${registry.host}/dev/base:3`, secrets);
  const pictures = join(ROOT, "docs/images");
  mkdirSync(pictures, { recursive: true });
  const write = (name: string, command: string, text: string): void =>
    writeFileSync(
      join(pictures, `${name}.svg`),
      terminalPicture(`npx --yes @registry-login/cli@1 ${command}`, text, PICTURE_COLUMNS),
    );
  write("init", `init --yes --registry ACME=${NAME}`, top);
  write("doctor", `doctor ${NAME}/dev/base:3`, doctor);
  console.log("wrote docs/images/init.svg and docs/images/doctor.svg");
} finally {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
