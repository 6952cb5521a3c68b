import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tempFolder } from "../temp-home.ts";
import { type Client, type Helper, HOST, type Row } from "./row.ts";

/** The versions that the rows were measured with. */
const VERSIONS: Readonly<Record<Client, string>> = {
  docker: "Docker version 28.2.2, build e6534b4",
  podman: "podman version 4.3.1",
  buildah: "buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)",
  skopeo: "skopeo version 1.9.3",
};

/** The files of a row in a home folder of its own, and the variables that lead there. */
export function arrange(
  row: Row,
  client: Client,
): { readonly folder: string; readonly env: Readonly<Record<string, string>> } {
  const folder = tempFolder();
  const bin = join(folder, "bin");
  const write = (path: string, content: unknown): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };
  mkdirSync(bin);
  if (row.config !== undefined) write(".docker/config.json", row.config);
  for (const [path, content] of Object.entries(row.files ?? {})) write(path, content);
  for (const [name, helper] of Object.entries(row.helpers ?? {}))
    writeHelper(join(bin, `docker-credential-${name}`), helper);
  for (const name of row.programs ?? []) writeProgram(join(bin, name), "exit 1");
  writeProgram(join(bin, client), `echo '${VERSIONS[client]}'`);
  const variables = Object.entries(row.env ?? {}).map(([name, value]) => [name, value.replace("$HOME/", `${folder}/`)]);
  return {
    folder,
    env: { HOME: folder, XDG_RUNTIME_DIR: join(folder, "none"), PATH: bin, ...Object.fromEntries(variables) },
  };
}

function writeHelper(file: string, helper: Helper): void {
  const { prints, exitCode } =
    helper === "not found"
      ? { prints: "credentials not found in native keychain", exitCode: 1 }
      : "user" in helper
        ? { prints: JSON.stringify({ ServerURL: HOST, Username: helper.user, Secret: helper.secret }), exitCode: 0 }
        : helper;
  writeProgram(file, `cat >/dev/null; echo '${prints}'; exit ${exitCode}`);
}

function writeProgram(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin; ${script}\n`);
  chmodSync(file, 0o755);
}
