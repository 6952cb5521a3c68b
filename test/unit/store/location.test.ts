import { expect, test } from "vitest";
import { isInMemory } from "../../../src/store/location.ts";

test.each<{ platform: NodeJS.Platform; inMemory: boolean }>([
  { platform: "linux", inMemory: true },
  { platform: "darwin", inMemory: false },
  { platform: "win32", inMemory: false },
])("the number of Linux's tmpfs on $platform means memory: $inMemory", ({ platform, inMemory }) => {
  expect(isInMemory("/dev/shm", platform)).toBe(inMemory);
});
