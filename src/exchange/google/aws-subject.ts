import { createHash, createHmac } from "node:crypto";
import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import { objectOf, textOf } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { askMetadata } from "../metadata.ts";
import type { GoogleWay } from "./access-token.ts";
import type { CredentialSource } from "./key-file.ts";

const LIMIT_MS = 3000;

interface AwsKeys {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
}

/**
 * What proves an identity of AWS to Google: a signed request to AWS, which Google sends. The secret key stays here.
 * Source: https://google.aip.dev/auth/4117, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function signedByAws(source: CredentialSource, audience: string, way: GoogleWay): Promise<string> {
  const { world, file } = way;
  const { environment_id: version, regional_cred_verification_url: address = "" } = source;
  if (version !== "aws1") throw new ExchangeError("failed", explain("google-source-unsupported", { file }));
  const session = await sessionOf(source, way);
  const region = await regionOf(source, session, way);
  const url = new URL(verificationAddress(address, region, file));
  const keys = keysOfEnvironment(way) ?? (await keysOfMachine(source, session, way));
  const headers = signedHeaders(url, { keys, region, audience, nowMs: world.now() });
  const list = Object.entries(headers).map(([key, value]) => ({ key, value }));
  return encodeURIComponent(JSON.stringify({ url: url.href, method: "POST", headers: list }));
}

/** Only AWS's own service may get the signature. */
function verificationAddress(address: string, region: string, file: string): string {
  const filled = address.replace("{region}", region);
  if (/^https:\/\/sts(?:-fips)?(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?\/?\?/.test(filled)) return filled;
  const shown = URL.canParse(filled) ? new URL(filled).host : "an invalid address";
  const field = "regional_cred_verification_url";
  const values = { file, field, address: shown, universe: "amazonaws.com" };
  throw new ExchangeError("failed", explain("google-address-foreign", values));
}

function keysOfEnvironment({ world: { env } }: GoogleWay): AwsKeys | null {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token = "" } = env;
  return id && secret ? { id, secret, token } : null;
}

async function keysOfMachine(source: CredentialSource, session: Session, way: GoogleWay): Promise<AwsKeys> {
  const role = await read(source.url ?? "", session, way);
  const { AccessKeyId, SecretAccessKey, Token } = objectOf(await read(`${source.url}/${role.trim()}`, session, way));
  const keys = { id: textOf(AccessKeyId), secret: textOf(SecretAccessKey), token: textOf(Token) };
  if (keys.id !== "" && keys.secret !== "") return keys;
  throw missing(way, cause("aws-role-missing"));
}

type Session = Readonly<Record<string, string>>;

async function sessionOf({ imdsv2_session_token_url: address }: CredentialSource, way: GoogleWay): Promise<Session> {
  const { env } = way.world;
  const needsNothing = keysOfEnvironment(way) !== null && (env.AWS_REGION || env.AWS_DEFAULT_REGION);
  if (address === undefined || needsNothing) return {};
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "300" };
  return { "x-aws-ec2-metadata-token": await read(address, headers, way, "PUT") };
}

/** The metadata service answers with a zone of the region, like `eu-west-1b`. */
async function regionOf(
  { region_url: address = "" }: CredentialSource,
  session: Session,
  way: GoogleWay,
): Promise<string> {
  const { env } = way.world;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (await read(address, session, way)).trim().slice(0, -1);
  if (/^[a-z0-9-]{1,32}$/.test(region)) return region;
  throw missing(way, cause("aws-region-missing"));
}

async function read(address: string, headers: Session, way: GoogleWay, method = "GET"): Promise<string> {
  if (!URL.canParse(address)) throw missing(way, cause("address-invalid"));
  const answer = await askMetadata(way.world, new URL(address), { method, headers, limitMs: LIMIT_MS });
  if (typeof answer === "string") throw missing(way, answer);
  if (answer.status !== 200) throw missing(way, cause("answer-status", { status: answer.status }));
  return answer.body;
}

function missing({ file }: GoogleWay, why: string): ExchangeError {
  const values = { file, source: "AWS's metadata service", cause: why };
  return new ExchangeError("failed", explain("google-subject-missing", values));
}

interface Signing {
  readonly keys: AwsKeys;
  readonly region: string;
  readonly audience: string;
  readonly nowMs: number;
}

/** AWS's signature, version 4, of a POST without a body. */
function signedHeaders(url: URL, { keys, region, audience, nowMs }: Signing): Record<string, string> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const headers: Record<string, string> = {
    host: url.host,
    "x-amz-date": time,
    ...(keys.token === "" ? {} : { "x-amz-security-token": keys.token }),
    // So that the request proves the identity to this pool alone.
    "x-goog-cloud-target-resource": audience,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const signed = names.join(";");
  const request = ["POST", url.pathname, url.search.slice(1), lines, signed, sha256("")].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${keys.secret}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope}, SignedHeaders=${signed}, Signature=${hmac(key, text).toString("hex")}`;
  return { ...headers, authorization };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
