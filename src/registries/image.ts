import { type Cause, cause } from "../findings/cause.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { parseNamedRegistry, type Registry } from "./registry.ts";

/** An image as a person names it, parsed. */
export interface Image {
  readonly registry: Registry;
  /** The repository's path at the registry, like `library/ubuntu`. */
  readonly repository: string;
  /** A tag, or a digest (`sha256:...`). */
  readonly reference: string;
  /** The full name, for messages. */
  readonly name: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** How many hexadecimal digits a digest of each algorithm has. Source: opencontainers/go-digest 1.0.0, `algorithm.go` */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
/** Of the path, with the `library/` that docker adds. */
const MAX_PATH = 255;
/** The ID of an image or a container, which clients never read as a name. */
const ID = /^[0-9a-f]{64}$/;

type Fault = Extract<Cause, `image-${string}`>;

/** Is the first part of an image's name a host, as docker decides it? */
function isHostPart(first: string): boolean {
  return first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
}

/** Why a digest is not one that docker accepts; null for one that it does. */
function explainDigest(digest: string): Fault | null {
  const [, algorithm = "", hex = ""] = /^([a-z0-9]+):([0-9a-f]*)$/.exec(digest) ?? [];
  if (algorithm === "") return "image-digest";
  if (!Object.hasOwn(DIGEST_LENGTHS, algorithm)) return "image-digest-algorithm";
  return hex.length === DIGEST_LENGTHS[algorithm] ? null : "image-digest-length";
}

/**
 * Parses an image name as docker does: without a host it is on Docker Hub, without a tag it is `latest`.
 * @throws UserError for a name that docker would not accept either
 * Source: https://github.com/distribution/reference
 */
export function parseImage(text: string): Image {
  const [named = "", digest, ...more] = text.trim().split("@");
  const slash = named.indexOf("/");
  const first = slash === -1 ? "" : named.slice(0, slash);
  const host = slash !== -1 && isHostPart(first) ? first : null;
  const rest = host === null ? named : named.slice(slash + 1);
  const colon = rest.lastIndexOf(":");
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const fail = (reason: Fault): never => {
    const image = text.length > 200 ? `a text of ${text.length} characters` : JSON.stringify(text.trim());
    throw new UserError(explain("image-name", { image, cause: cause(reason) }));
  };
  if (ID.test(text.trim())) fail("image-id");
  // An IPv6 address must be in brackets, and cannot contain an IPv4 one.
  if (host !== null && !/^(?:[^:[\]]*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?$/.test(host)) fail("image-host");
  if (more.length > 0) fail("image-digests");
  if (!path.split("/").every((part) => COMPONENT.test(part))) fail(/[A-Z]/.test(path) ? "image-case" : "image-path");
  if (tag !== undefined && !TAG.test(tag)) fail("image-tag");
  const wrongDigest = digest === undefined ? null : explainDigest(digest);
  if (wrongDigest !== null) fail(wrongDigest);
  const registry = parseNamedRegistry(host ?? "docker.io");
  const isOfficial = registry.named === "docker.io" && !path.includes("/");
  const repository = isOfficial ? `library/${path}` : path;
  if (repository.length > MAX_PATH) fail("image-length");
  const reference = digest ?? tag ?? "latest";
  return {
    registry,
    repository,
    reference,
    name: `${registry.named}/${repository}${digest === undefined ? ":" : "@"}${reference}`,
  };
}
