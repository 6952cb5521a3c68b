import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { podmanLoginFile } from "../../../src/clients/podman/files.ts";
import { notesOf } from "../../../src/clients/surroundings.ts";
import { doctor } from "../../../src/commands/doctor/doctor.ts";
import { PLAIN } from "../../../src/terminal/terminal.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { filesBelow, logIn, logOut, makeHome, secrets, tempFolder } from "../../support/temp-home.ts";

const PASSWORD = "p4ss-of-bob";

/** Starts the rest of a test in a different folder. */
function goTo(folder: string): void {
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
}

test.each<{ env: Record<string, string>; part: string | null }>([
  { env: { DOCKER_CONFIG: "~/.docker" }, part: "~" },
  { env: { DOCKER_CONFIG: "~" }, part: "~" },
  { env: { DOCKER_CONFIG: "$HOME/.docker" }, part: "$HOME" },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a file of variables holds
  { env: { DOCKER_CONFIG: "${HOME}/.docker" }, part: "${HOME}" },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a devcontainer.json holds
  { env: { DOCKER_CONFIG: "${localEnv:HOME}/.docker" }, part: "${localEnv:HOME}" },
  { env: { DOCKER_CONFIG: "%USERPROFILE%\\.docker" }, part: "%USERPROFILE%" },
  { env: { REGISTRY_AUTH_FILE: "/x/$USER/auth.json" }, part: "$USER" },
  { env: { DOCKER_CONFIG: "~jane/.docker" }, part: null },
  { env: { DOCKER_CONFIG: "/home/a~b/$" }, part: null },
  { env: { DOCKER_CONFIG: ".docker", REGISTRY_AUTH_FILE: "auth.json" }, part: null },
  { env: { DOCKER_CONFIG: "", REGISTRY_AUTH_FILE: "" }, part: null },
])("$env: $part is named, which no shell has replaced", ({ env, part }) => {
  const notes = notesOf(makeHome().context(env)).map(({ finding }) => [finding.code, finding.message]);
  const named = [["path-not-expanded", expect.stringContaining(`do not replace ${part}, and use ${process.cwd()}`)]];
  const absolute = [["path-not-expanded", expect.stringContaining(`do not replace ${part}, and use /`)]];
  expect(notes).toEqual(part === null ? [] : env.REGISTRY_AUTH_FILE === undefined ? named : absolute);
});

test("a login and the doctor name it", async () => {
  goTo(tempFolder());
  const host = await startLocalRegistry(PASSWORD);
  const context = makeHome().context({ ...secrets("A", host, "bob", PASSWORD), DOCKER_CONFIG: "~/.docker" });
  const report = await logIn(context, { verify: "false" });
  expect(report).toMatchObject({
    notes: [expect.stringContaining("DOCKER_CONFIG is ~/.docker: clients do not replace ~")],
  });
  const flags = { options: {}, targets: [], push: false, json: true };
  const { stdout, exitCode } = await doctor({ ...context, terminal: PLAIN }, flags);
  expect([stdout.includes("path-not-expanded"), exitCode]).toEqual([true, 1]);
});

describe.each(["plaintext", "disk"])(
  "with the storage %s, a logout in a different folder leaves nothing",
  (storage) => {
    test.each<Record<string, string>>([
      { DOCKER_CONFIG: ".docker" },
      { DOCKER_CONFIG: "./a/../b" },
      { DOCKER_CONFIG: "~/.docker" },
      { DOCKER_CONFIG: "$HOME/.docker" },
      { REGISTRY_AUTH_FILE: "auth.json" },
      { REGISTRY_AUTH_FILE: "~/auth.json" },
      { DOCKER_CONFIG: "d", REGISTRY_AUTH_FILE: "d/auth.json" },
    ])("%j", async (variables) => {
      const home = makeHome();
      const [folder, other] = [tempFolder(), tempFolder()];
      const host = await startLocalRegistry(PASSWORD);
      goTo(folder);
      await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), ...variables }), { storage });
      expect(filesBelow(folder)).not.toEqual([]);
      goTo(other);
      await logOut(home.context(variables), host);
      expect([...filesBelow(folder), ...filesBelow(other)]).toEqual([]);
    });
  },
);

test.each<{ env: Record<string, string>; file: string }>([
  { env: { REGISTRY_AUTH_FILE: "auth.json" }, file: "auth.json" },
  { env: { REGISTRY_AUTH_FILE: "~/auth.json" }, file: "~/auth.json" },
  { env: { XDG_RUNTIME_DIR: "run" }, file: "run/containers/auth.json" },
])("the file of podman login with $env is remembered by its absolute path", ({ env, file }) => {
  expect(podmanLoginFile({ HOME: "/home/jane", ...env }, "linux")).toBe(join(process.cwd(), file));
});
