import type { Context } from "../../context.ts";
import { askImage } from "../../handshake/image.ts";
import type { Image } from "../../registries/image.ts";
import type { Privacy } from "../../repository/privacy.ts";
import { imagesToCheck, type UsedRegistry } from "../../repository/uses.ts";

/** Milliseconds for each registry. */
const TIMEOUT_MS = 10_000;

/**
 * Asks each registry without a login whether it hands out the images that the repository uses: only if it hands out all
 * of them, it is public. What cannot be reached stays as it is.
 */
export async function checkPrivacy(
  registries: readonly UsedRegistry[],
  send: Context["send"],
): Promise<Map<string, Privacy>> {
  const answers = await Promise.all(
    registries.map(async (registry): Promise<readonly [string, Privacy]> => {
      const images = await Promise.all(imagesToCheck(registry).map((image) => checkImage(image, send)));
      if (images.includes("private")) return [registry.host, "private"];
      const isPublic = images.length > 0 && images.every((privacy) => privacy === "public");
      return [registry.host, isPublic ? "public" : registry.privacy];
    }),
  );
  return new Map(answers);
}

async function checkImage(image: Image, send: Context["send"]): Promise<Privacy> {
  const answer = await askImage(image, null, false, send, TIMEOUT_MS);
  if (!("pull" in answer)) return "cannot-tell";
  const { status } = answer.pull;
  return status < 400 ? "public" : status === 401 || status === 403 ? "private" : "cannot-tell";
}
