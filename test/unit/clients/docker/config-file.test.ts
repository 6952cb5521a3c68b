import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerConfigFile } from "../../../../src/clients/docker/edit-config.ts";
import { UserError } from "../../../../src/findings/user-error.ts";
import { editSharedFile } from "../../../../src/platform/shared-file.ts";
import { tempFolder } from "../../../support/temp-home.ts";

const HOME = resolve("/home/jane");
const GIT_BASH = "/c/Users/Jane";

test.each<{ platform: NodeJS.Platform; env: Record<string, string>; file: string }>([
  { platform: "linux", env: { HOME }, file: join(HOME, ".docker", "config.json") },
  { platform: "darwin", env: { HOME, DOCKER_CONFIG: "" }, file: join(HOME, ".docker", "config.json") },
  { platform: "win32", env: { HOME: GIT_BASH, USERPROFILE: HOME }, file: join(HOME, ".docker", "config.json") },
  { platform: "linux", env: { HOME, DOCKER_CONFIG: resolve("/d") }, file: resolve("/d", "config.json") },
  { platform: "linux", env: { HOME, DOCKER_CONFIG: resolve("/d") + sep }, file: resolve("/d", "config.json") },
  { platform: "linux", env: { HOME, DOCKER_CONFIG: "./x" }, file: resolve("x", "config.json") },
  { platform: "linux", env: { HOME, DOCKER_CONFIG: "~/x" }, file: resolve("~", "x", "config.json") },
  { platform: "win32", env: { USERPROFILE: HOME, Docker_Config: resolve("/d") }, file: resolve("/d", "config.json") },
  { platform: "linux", env: { HOME, Docker_Config: resolve("/d") }, file: join(HOME, ".docker", "config.json") },
])("docker's config file on $platform with $env", ({ platform, env, file }) => {
  expect(dockerConfigFile(env, platform)).toBe(file);
});

describe("DOCKER_CONFIG of an earlier step", () => {
  const write = (folder: string) =>
    editSharedFile(dockerConfigFile({ DOCKER_CONFIG: folder }), () => ({ text: "{}\n", holdsSecret: false }));

  test("names a folder that is missing: it is made for its owner only", async () => {
    const folder = join(tempFolder(), "gone", "docker");
    await write(folder);
    expect(readFileSync(join(folder, "config.json"), "utf8")).toBe("{}\n");
    if (process.platform !== "win32") expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test.each([
    ["a file", []],
    ["a folder below a file", ["docker"]],
  ])("names %s: it is reported, and the file stays", async (_, below) => {
    const file = join(tempFolder(), "file");
    writeFileSync(file, "mine");
    const error: unknown = await write(join(file, ...below)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: "folder-is-file" });
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("ends in a folder that is there", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "docker"));
    await write(join(folder, "docker") + sep);
    expect(readFileSync(join(folder, "docker", "config.json"), "utf8")).toBe("{}\n");
  });
});
