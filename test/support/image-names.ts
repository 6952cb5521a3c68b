/** A text that a person could write as the name of an image, and whether docker accepts it. */
export interface ImageName {
  readonly what: string;
  readonly name: string;
  readonly accepted: boolean;
}

const a = (count: number): string => "a".repeat(count);
const HEX = a(64);

/**
 * Held against docker itself by `test/feature/client-names.test.ts`.
 * Sources: distribution/reference 0.6.0 (`reference.go`, `regexp.go`, `normalize.go`), opencontainers/go-digest 1.0.0.
 */
export const IMAGE_NAMES: readonly ImageName[] = [
  { what: "a digest of sha256", name: `acme/app@sha256:${HEX}`, accepted: true },
  { what: "a digest of sha384", name: `acme/app@sha384:${a(96)}`, accepted: true },
  { what: "a digest of sha512", name: `acme/app@sha512:${a(128)}`, accepted: true },
  { what: "a tag and a digest", name: `ghcr.io/acme/app:1@sha256:${HEX}`, accepted: true },
  { what: "a digest in upper case", name: `acme/app@sha256:${"A".repeat(64)}`, accepted: false },
  { what: "an algorithm in upper case", name: `acme/app@SHA256:${HEX}`, accepted: false },
  { what: "a digest of md5", name: `acme/app@md5:${a(32)}`, accepted: false },
  { what: "a digest of an unknown algorithm", name: `acme/app@blake3:${HEX}`, accepted: false },
  { what: "two algorithms", name: `acme/app@sha256+b64:${HEX}`, accepted: false },
  { what: "a digest of sha256 that is too short", name: `acme/app@sha256:${a(63)}`, accepted: false },
  { what: "a digest of sha256 that is too long", name: `acme/app@sha256:${a(65)}`, accepted: false },
  { what: "a digest of sha512 with the length of sha256", name: `acme/app@sha512:${HEX}`, accepted: false },
  { what: "a digest with other letters", name: `acme/app@sha256:${"g".repeat(64)}`, accepted: false },
  { what: "an empty digest", name: "acme/app@", accepted: false },
  { what: "two digests", name: `acme/app@sha256:${HEX}@sha256:${HEX}`, accepted: false },
  { what: "an image's ID", name: HEX, accepted: false },
  { what: "an image's ID with its algorithm", name: `sha256:${HEX}`, accepted: true },
  { what: "64 hexadecimal digits with a tag", name: `${HEX}:1`, accepted: true },
  { what: "64 hexadecimal digits on a host", name: `docker.io/${HEX}`, accepted: true },
  { what: "64 hexadecimal digits in upper case", name: "A".repeat(64), accepted: false },
  { what: "63 hexadecimal digits", name: a(63), accepted: true },
  { what: "a path of 255 letters", name: `ghcr.io/${a(255)}`, accepted: true },
  { what: "a path of 256 letters", name: `ghcr.io/${a(256)}`, accepted: false },
  { what: "a path of 255 letters with its library", name: a(247), accepted: true },
  { what: "a path of 256 letters with its library", name: a(248), accepted: false },
  { what: "the same on a host that docker does not complete", name: `registry-1.docker.io/${a(255)}`, accepted: true },
  { what: "a tag of 128 letters", name: `acme/app:${a(128)}`, accepted: true },
  { what: "a tag of 129 letters", name: `acme/app:${a(129)}`, accepted: false },
  { what: "an empty tag", name: "acme/app:", accepted: false },
  { what: "a tag that starts with a dot", name: "acme/app:.1", accepted: false },
  { what: "a tag in upper case", name: "acme/app:LATEST", accepted: true },
  { what: "a path in upper case", name: "acme/App", accepted: false },
  { what: "a host in upper case", name: "GHCR.io/acme/app", accepted: true },
  { what: "two underscores", name: "acme/a__b", accepted: true },
  { what: "three underscores", name: "acme/a___b", accepted: false },
  { what: "many hyphens", name: "acme/a---b", accepted: true },
  { what: "two dots", name: "acme/a..b", accepted: false },
  { what: "a host that starts with a hyphen", name: "-host.io/acme/app", accepted: false },
  { what: "a host with an empty label", name: "host..io/acme/app", accepted: false },
  { what: "a host with a trailing dot", name: "host.io./acme/app", accepted: false },
  { what: "a port that is not a number", name: "host.io:port/acme/app", accepted: false },
  { what: "the port 443", name: "ghcr.io:443/acme/app", accepted: true },
  { what: "an IPv6 address", name: "[2001:db8::1]:5000/acme/app", accepted: true },
  { what: "an IPv6 address without brackets", name: "2001:db8::1/acme/app", accepted: false },
  { what: "a scheme", name: "https://ghcr.io/acme/app", accepted: false },
  { what: "a slash at the end", name: "ghcr.io/acme/", accepted: false },
  { what: "two slashes", name: "ghcr.io//app", accepted: false },
];
