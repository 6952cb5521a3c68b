import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { runProgram } from "../../platform/run-program.ts";
import { objectOf, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { readText } from "../read-text.ts";
import type { GoogleWay } from "./access-token.ts";
import type { CredentialSource, KeyFile } from "./key-file.ts";

/** The variable with which a person allows what a file names to run. */
const ALLOW = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";
const LIMIT_MS = 30_000;

/**
 * The token of the other provider from a program, where the person allows that.
 * Source: https://google.aip.dev/auth/4117
 */
export async function runExecutable(
  { command, timeout_millis: limitMs = LIMIT_MS, output_file: cache }: NonNullable<CredentialSource["executable"]>,
  key: KeyFile,
  { world, file }: GoogleWay,
): Promise<string> {
  if (world.env[ALLOW] !== "1") {
    throw new ExchangeError("failed", explain("google-executable-forbidden", { file, variable: ALLOW }));
  }
  const [name = "", ...args] = wordsOf(command);
  const failed = (error: string): ExchangeError =>
    new ExchangeError("failed", explain("google-executable-failed", { file, program: name, error }));
  const content = cache === undefined ? null : readText(cache);
  const saved = content !== null && "text" in content ? readAnswer(content.text, world.now()) : null;
  if (saved?.token !== undefined) return saved.token;
  const program = findAbsoluteProgram(name, world.env) ?? (/[\\/]/.test(name) ? name : null);
  if (program === null) throw failed(cause("program-missing"));
  const env = { ...world.env, ...variablesFor(key, cache) };
  const finished = await runProgram(program, args, { env, limitMs: Math.min(limitMs, world.remaining()) });
  if (finished.error !== "") throw failed(finished.error);
  if (finished.status !== 0) throw failed(cause("program-exit", { status: finished.status ?? "" }));
  const { token, problem } = readAnswer(finished.stdout, world.now());
  if (token === undefined) throw failed(problem);
  return token;
}

function variablesFor(key: KeyFile, cache: string | undefined): Record<string, string> {
  const account = /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(
    key.service_account_impersonation_url ?? "",
  )?.[1];
  return {
    GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: key.audience ?? "",
    GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: key.subject_token_type ?? "",
    GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: "0",
    ...(cache === undefined ? {} : { GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: cache }),
    ...(account === undefined ? {} : { GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL: account }),
  };
}

/** Separated at spaces that are not between quotation marks; no shell is involved. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s"]+|"[^"]*")+/g) ?? [];
  return words.map((word) => (/^".*"$/.test(word) ? word.slice(1, -1) : word));
}

/** A token, or why there is none. */
interface Answer {
  readonly token?: string;
  readonly problem: string;
}

function readAnswer(text: string, nowMs: number): Answer {
  const answer = objectOf(text);
  const failed = (problem: string): Answer => ({ problem });
  if (answer.version !== 1) return failed(cause("answer-version"));
  if (answer.success !== true) return failed(cause("answer-error"));
  const { expiration_time: end } = answer;
  if (typeof end === "number" && end * 1000 <= nowMs) return failed(cause("answer-expired"));
  const isSaml = answer.token_type === "urn:ietf:params:oauth:token-type:saml2";
  const token = textOf(isSaml ? answer.saml_response : answer.id_token);
  return token === "" ? failed(cause("answer-empty")) : { token, problem: "" };
}
