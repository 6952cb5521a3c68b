import { cause } from "../findings/cause.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { parseRegistry, type Registry } from "./registry.ts";

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
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Is the first part of an image's name a host, as docker decides it? */
function isHostPart(first: string): boolean {
  return first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
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
  const fail = (reason: string): never => {
    const image = text.length > 200 ? `a text of ${text.length} characters` : JSON.stringify(text.trim());
    throw new UserError(explain("image-name", { image, cause: reason }));
  };
  // An IPv6 address must be in brackets, and cannot contain an IPv4 one.
  if (host !== null && !/^(?:[^:[\]]*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?$/.test(host)) fail(cause("image-host"));
  if (more.length > 0) fail(cause("image-digests"));
  if (path.length > 255) fail(cause("image-length"));
  if (!path.split("/").every((part) => COMPONENT.test(part))) {
    fail(cause(/[A-Z]/.test(path) ? "image-case" : "image-path"));
  }
  if (tag !== undefined && !TAG.test(tag)) fail(cause("image-tag"));
  if (digest !== undefined && !DIGEST.test(digest)) fail(cause("image-digest"));
  const registry = parseRegistry(host ?? "docker.io");
  const official = registry.kind === "docker-hub" && !path.includes("/");
  const repository = official ? `library/${path}` : path;
  const reference = digest ?? tag ?? "latest";
  return {
    registry,
    repository,
    reference,
    name: `${registry.host}/${repository}${digest === undefined ? ":" : "@"}${reference}`,
  };
}
