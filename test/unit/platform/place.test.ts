import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openPlace } from "../../../src/platform/place.ts";
import { tempFolder } from "../../support/temp-home.ts";

/** What a place says about a file. */
function look(file: string, create: boolean, platform: NodeJS.Platform) {
  const place = openPlace(file, create, platform);
  if (place === null) return null;
  const { name, made } = place;
  const isThere = existsSync(place.file);
  place.close();
  return { name, made, isThere };
}

const realTemp = (): string => realpathSync(tempFolder());

describe.each([...new Set([process.platform, "win32" as const])])(
  "the place of a file, by the rules of %s",
  (platform) => {
    test("is its real path", () => {
      const folder = realTemp();
      const file = join(folder, "config.json");
      writeFileSync(file, "");
      expect(look(file, true, platform)).toEqual({ name: file, made: [], isThere: true });
    });

    test("is null where its folder does not exist; or the folder is made", () => {
      const folder = realTemp();
      const file = join(folder, "a", "b", "config.json");
      expect(look(file, false, platform)).toBeNull();
      expect(existsSync(join(folder, "a"))).toBe(false);
      const made = [join(folder, "a"), join(folder, "a", "b")];
      expect(look(file, true, platform)).toEqual({ name: file, made, isThere: false });
      expect(existsSync(join(folder, "a", "b"))).toBe(true);
    });

    test("is where symlinks of this user lead, also to what does not exist yet", () => {
      const folder = realTemp();
      mkdirSync(join(folder, "real"));
      symlinkSync(join(folder, "real"), join(folder, "link"));
      symlinkSync(join("..", "link", "b.json"), join(folder, "real", "a.json"));
      const name = join(folder, "real", "b.json");
      expect(look(join(folder, "link", "a.json"), true, platform)).toEqual({ name, made: [], isThere: false });
      writeFileSync(name, "");
      expect(look(join(folder, "link", "a.json"), true, platform)).toEqual({ name, made: [], isThere: true });
    });

    test("cannot be in a loop of symlinks, nor below a file", () => {
      const folder = realTemp();
      symlinkSync("loop", join(folder, "loop"));
      writeFileSync(join(folder, "file"), "");
      expect(() => look(join(folder, "loop"), true, platform)).toThrow("is a loop of symlinks");
      expect(() => look(join(folder, "file", "a.json"), true, platform)).toThrow("what should be its folder is a file");
    });
  },
);
