import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { homeFolder } from "../../../src/platform/environment.ts";

const MINE = userInfo().homedir;
const JANE = "C:\\Users\\Jane";

test.each<{ platform: NodeJS.Platform; env: Record<string, string>; home: string }>([
  { platform: "linux", env: { HOME: "/home/jane", USERPROFILE: JANE }, home: "/home/jane" },
  { platform: "darwin", env: { HOME: "/Users/jane" }, home: "/Users/jane" },
  { platform: "linux", env: { HOME: "" }, home: MINE },
  { platform: "win32", env: { USERPROFILE: JANE }, home: JANE },
  // Git Bash
  { platform: "win32", env: { HOME: "/c/Users/Jane", USERPROFILE: JANE }, home: JANE },
  { platform: "win32", env: { HOME: "/c/Users/Jane", UserProfile: JANE }, home: JANE },
  { platform: "win32", env: { HOME: "/c/Users/Jane" }, home: MINE },
])("the home folder on $platform with $env is $home", ({ platform, env, home }) => {
  expect(homeFolder(env, platform)).toBe(home);
});
