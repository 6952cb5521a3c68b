import type { Context } from "../../context.ts";
import { askImage } from "../../handshake/image.ts";
import type { Privacy } from "../../repository/privacy.ts";
import { imageToCheck, type UsedRegistry } from "../../repository/uses.ts";

/** Milliseconds for each registry. */
const TIMEOUT_MS = 10_000;

/**
 * Asks each registry without a login whether it hands out an image that the repository uses: only then it is public.
 * What cannot be reached stays unknown.
 */
export async function checkPrivacy(
  registries: readonly UsedRegistry[],
  send: Context["send"],
): Promise<Map<string, Privacy>> {
  const answers = await Promise.all(
    registries.map(async (registry): Promise<readonly [string, Privacy]> => {
      const image = imageToCheck(registry);
      if (image === null) return [registry.host, registry.privacy];
      const answer = await askImage(image, null, false, send, TIMEOUT_MS);
      if (!("pull" in answer)) return [registry.host, registry.privacy];
      const { status } = answer.pull;
      return [registry.host, status < 400 ? "public" : status === 401 || status === 403 ? "private" : registry.privacy];
    }),
  );
  return new Map(answers);
}
