import * as z from "zod/mini";
import type { Credential } from "../exchange/credential.ts";
import type { Answer, Ask, Send } from "../network/http.ts";
import { parseJson } from "../platform/json.ts";
import type { Image } from "../registries/image.ts";
import { answerChallenge } from "./authenticate.ts";
import { type Conversation, converse } from "./conversation.ts";

import { Ended, type Verdict } from "./verdict.ts";
import { reach } from "./verify.ts";

/** The response of a registry, or of its token service, to a request about an image. */
export interface ImageAnswer {
  readonly status: number;
  readonly headers: Answer["headers"];
  /** The registry API's errors. They may quote identities, so they serve to recognize a cause and are never shown. */
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/** The responses to a pull and to a push of an image. */
export interface ImageAnswers {
  readonly pull: ImageAnswer;
  /** null: not tried. */
  readonly push: ImageAnswer | null;
}

const errorBody = z.object({
  errors: z.array(z.object({ code: z._default(z.coerce.string(), ""), message: z._default(z.coerce.string(), "") })),
});

/** Every manifest type that clients know, so that no image seems to be missing because of its type. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "*/*",
].join(", ");

/**
 * Requests an image's manifest, and tests whether a push would be accepted: an upload is started and canceled at once,
 * so nothing is pushed.
 * @param credential null: without a login
 * @param pushNeeded test a push also if the image does not exist yet, or nobody is logged in; some registries create an
 *   empty repository then
 * @param timeoutMs milliseconds for both
 * @returns a verdict if the registry could not be reached
 * Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function askImage(
  image: Image,
  credential: Credential | null,
  pushNeeded: boolean,
  send: Send,
  timeoutMs: number,
): Promise<ImageAnswers | Verdict> {
  return await converse(send, image.registry.endpoint, timeoutMs, async (conversation) => {
    const { url: base } = await reach(image.registry, conversation);
    const path = (rest: string): URL => new URL(`/v2/${image.repository}/${rest}`, base);
    const manifest = path(`manifests/${image.reference}`);
    const headers = { accept: MANIFESTS };
    // Docker Hub does not count HEAD as a pull; but only the response to GET explains an error.
    let pull = await askWithLogin(manifest, { method: "HEAD", headers }, credential, conversation);
    if (pull.status >= 400 && pull.status !== 429 && pull.errors.length === 0) {
      pull = await askWithLogin(manifest, { method: "GET", headers }, credential, conversation);
    }
    // Who gets too many requests gets no further one.
    const asks = (pushNeeded && pull.status !== 429) || (credential !== null && pull.status < 400);
    return { pull, push: asks ? await askPush(path("blobs/uploads/"), credential, conversation) : null };
  });
}

async function askPush(url: URL, credential: Credential | null, conversation: Conversation): Promise<ImageAnswer> {
  const answer = await askWithLogin(
    url,
    { method: "POST", headers: { "content-length": "0" } },
    credential,
    conversation,
  );
  const location = answer.headers.location;
  if (answer.status === 202 && location !== undefined) {
    const upload = new URL(location, url);
    // With a token of its own: to cancel is to delete, which the token for the push does not allow. If the upload cannot
    // be deleted, the registry drops it after a while.
    if (upload.origin === url.origin) {
      await askWithLogin(upload, { method: "DELETE" }, credential, conversation).catch(() => undefined);
    }
  }
  return answer;
}

async function askWithLogin(
  url: URL,
  ask: Omit<Ask, "signal">,
  credential: Credential | null,
  conversation: Conversation,
): Promise<ImageAnswer> {
  const first = await conversation.ask(url, ask);
  if (first.status !== 401) return read(first);
  try {
    const authorization = await answerChallenge(url, first, credential, conversation);
    return read(authorization === undefined ? first : await conversation.ask(url, ask, authorization));
  } catch (error) {
    // What a token service says of the user; anything else that it answers is about the service, not about the image.
    if (error instanceof Ended && [400, 401, 403, 429].includes(error.answer?.status ?? 0))
      return read(error.answer as Answer);
    // Some mirrors reject a request without a challenge.
    if (error instanceof Ended && error.verdict.code === "no-challenge") return read(first);
    throw error;
  }
}

function read({ status, headers, body }: Answer): ImageAnswer {
  const parsed = errorBody.safeParse(parseJson(body));
  return { status, headers, errors: parsed.success ? parsed.data.errors : [] };
}
