import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { callCloud, objectOf, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { askMetadata } from "../metadata.ts";
import { readText } from "../read-text.ts";
import type { GoogleWay } from "./access-token.ts";
import type { CredentialSource } from "./key-file.ts";

const LIMIT_MS = 5000;

/** The token of the other provider in a file, as Kubernetes projects one; it is read each time, since it is replaced. */
export function readSubjectFile(path: string, source: CredentialSource, file: string): string {
  const content = readText(path);
  if ("problem" in content) {
    throw new ExchangeError(
      "failed",
      explain("google-subject-missing", { file, source: path, cause: content.problem }),
    );
  }
  return select(content.text, source, { file, from: path });
}

/**
 * The token of the other provider at an address: the token service of GitHub Actions, Azure's metadata service. The request
 * carries nothing but what the file says.
 */
export async function readSubjectUrl(address: string, source: CredentialSource, way: GoogleWay): Promise<string> {
  const { file, world } = way;
  const url = URL.canParse(address) ? new URL(address) : null;
  const from = url?.host ?? "an invalid address";
  const missing = (why: string): ExchangeError =>
    new ExchangeError("failed", explain("google-subject-missing", { file, source: from, cause: why }));
  if (url === null || !/^https?:$/.test(url.protocol)) throw missing(cause("address-invalid"));
  const { headers = {} } = source;
  // Without TLS only to a service of this machine or network.
  const answer =
    url.protocol === "http:"
      ? await askMetadata(world, url, { headers, limitMs: LIMIT_MS })
      : await callCloud(world, from, url, { headers });
  if (typeof answer === "string") throw missing(answer);
  if (answer.status !== 200) throw missing(cause("answer-status", { status: answer.status }));
  return select(answer.body, source, { file, from });
}

function select(text: string, { format }: CredentialSource, { file, from }: { file: string; from: string }): string {
  const field = format?.type === "json" ? (format.subject_token_field_name ?? "") : null;
  const token = field === null ? text.trim() : textOf(objectOf(text)[field]);
  if (token !== "") return token;
  const why = field === null ? cause("content-empty") : cause("field-missing", { field });
  throw new ExchangeError("failed", explain("google-subject-missing", { file, source: from, cause: why }));
}
