import { join } from "node:path";
import { expect, test } from "vitest";
import { stateFolder } from "../../../src/store/state-file.ts";

const JANE = join("C:\\Users", "Jane");
const LOCAL = join("D:\\Profiles", "Jane", "AppData", "Local");

test.each<{ platform: NodeJS.Platform; env: Record<string, string>; folder: string }>([
  {
    platform: "linux",
    env: { HOME: "/home/jane", XDG_STATE_HOME: "/elsewhere", LOCALAPPDATA: LOCAL },
    folder: join("/home/jane", ".local", "state", "registry-login"),
  },
  {
    platform: "darwin",
    env: { HOME: "/Users/jane" },
    folder: join("/Users/jane", ".local", "state", "registry-login"),
  },
  {
    platform: "win32",
    env: { USERPROFILE: JANE, LOCALAPPDATA: LOCAL, HOME: "/c/Users/Jane" },
    folder: join(LOCAL, "registry-login"),
  },
  { platform: "win32", env: { USERPROFILE: JANE, LocalAppData: LOCAL }, folder: join(LOCAL, "registry-login") },
  { platform: "win32", env: { USERPROFILE: JANE }, folder: join(JANE, "AppData", "Local", "registry-login") },
])("the state folder on $platform with $env", ({ platform, env, folder }) => {
  expect(stateFolder(env, platform)).toBe(folder);
});
