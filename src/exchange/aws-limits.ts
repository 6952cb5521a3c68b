import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { join } from "node:path";
import { UserError } from "../findings/user-error.ts";
import { namesIn } from "../platform/atomic-write.ts";
import { type Environment, homeFolder } from "../platform/environment.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";
import { ExchangeError } from "./credential.ts";

// AWS's SDK reads files, and asks metadata services, by itself: it would read a device without an end, wait for the writer of
// a FIFO, and keep an answer of any length.

/** The longest answer of a metadata service, in bytes; credentials have 2 KB. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** What a chunk of an answer takes in memory besides its bytes. */
const CHUNK_BYTES = 200;
/** Informational responses (status 1xx) before an answer. */
const MAX_INTERIM = 100;

/**
 * Checks the files that AWS's SDK is going to read.
 * @param env names them
 * @throws ExchangeError where one is not a regular file, or too large
 */
export function checkAwsFiles(env: Environment): void {
  const folder = join(homeFolder(env), ".aws");
  const inis = [
    env.AWS_CONFIG_FILE || join(folder, "config"),
    env.AWS_SHARED_CREDENTIALS_FILE || join(folder, "credentials"),
  ];
  const cached = ["sso/cache", "login/cache"].flatMap((name) =>
    namesIn(join(folder, name)).map((file) => join(folder, name, file)),
  );
  const named = inis.flatMap((file) => [...read(file, env).matchAll(/^\s*web_identity_token_file\s*=\s*(.+?)\s*$/gm)]);
  const tokens = [env.AWS_WEB_IDENTITY_TOKEN_FILE, env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE];
  for (const file of [...tokens, ...named.map(([, path]) => path), ...cached]) if (file) read(file, env);
}

function read(file: string, env: Environment): string {
  // How people say that there is none.
  if (file === "/dev/null") return "";
  const path = file.startsWith("~/") ? join(homeFolder(env), file.slice(2)) : file;
  try {
    const content = readRegularFile(path, { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
    return content?.bytes.toString("utf8") ?? "";
  } catch (error) {
    // One that cannot be read is for the SDK to explain.
    if (error instanceof UserError) throw new ExchangeError("failed", error);
    return "";
  }
}

let isLimited = false;

/** Ends every answer to this process that becomes too long, also those to the SDK's own HTTP client. */
export function limitAnswers(): void {
  if (isLimited) return;
  isLimited = true;
  subscribe("http.client.request.start", (message) => {
    const { request } = message as { readonly request: ClientRequest };
    let interim = 0;
    request.on("information", () => {
      if (++interim > MAX_INTERIM) request.destroy(tooLong());
    });
  });
  subscribe("http.client.response.finish", (message) => {
    const { response } = message as { readonly response: IncomingMessage };
    const push = response.push.bind(response);
    let size = 0;
    // What the parser calls with each chunk: a timer would come too late, and a listener before the SDK's own.
    response.push = (chunk: Buffer | null) => {
      size += (chunk?.length ?? 0) + CHUNK_BYTES;
      if (size <= MAX_ANSWER_BYTES) return push(chunk);
      response.destroy(tooLong());
      return false;
    };
  });
}

function tooLong(): Error {
  return new Error("the answer is too long");
}
