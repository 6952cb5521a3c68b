import { auth, BOB, BOBS, entry, HOST, login, type Row } from "./row.ts";

/** The login that an entry holds. Source: docker/cli `configfile.LoadFromReader`; containers/image `decodeDockerAuth` */
export const ENTRIES: readonly Row[] = [
  { name: "an auth", config: BOBS, docker: BOB, podman: BOB },
  {
    name: "user and password without an auth",
    config: { auths: { [HOST]: { username: "bob", password: "pw" } } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "an auth, and a different user and password",
    config: { auths: { [HOST]: { username: "alice", password: "x", ...entry("bob") } } },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "an identity token with a user",
    config: { auths: { [HOST]: { auth: auth("bob", ""), identitytoken: "id" } } },
    docker: { identityToken: "id" },
    podman: { identityToken: "id" },
  },
  {
    name: "an identity token alone",
    config: { auths: { [HOST]: { identitytoken: "id" } } },
    docker: { identityToken: "id" },
    podman: "nothing",
  },
  {
    name: "a registry token alone",
    config: { auths: { [HOST]: { registrytoken: "rt" } } },
    docker: { registryToken: "rt" },
    podman: "nothing",
  },
  {
    name: "a registry token and an auth",
    config: { auths: { [HOST]: { ...entry("bob"), registrytoken: "rt", identitytoken: "id" } } },
    docker: { registryToken: "rt" },
    podman: { identityToken: "id" },
  },
  {
    name: "a colon in the password",
    config: { auths: { [HOST]: entry("bob", "p:w:") } },
    docker: login("bob", "p:w:"),
    podman: login("bob", "p:w:"),
  },
  { name: "an empty password", config: { auths: { [HOST]: entry("bob", "") } }, docker: "nothing", podman: "nothing" },
  {
    name: "an empty user",
    config: { auths: { [HOST]: entry("") } },
    docker: "nothing",
    warns: true,
    podman: "nothing",
  },
  {
    name: "no colon",
    config: { auths: { [HOST]: { auth: "Ym9i" } } },
    docker: "nothing",
    warns: true,
    podman: "nothing",
  },
  { name: "an empty auth", config: { auths: { [HOST]: { auth: "" } } }, docker: "nothing", podman: "nothing" },
  {
    name: "NULs around the password",
    config: { auths: { [HOST]: entry("bob", "\0\0pw\0") } },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "characters that are not ASCII",
    config: { auths: { [HOST]: entry("böb", "pä€") } },
    docker: login("böb", "pä€"),
    podman: login("böb", "pä€"),
  },
  {
    name: "line breaks in the base64",
    config: { auths: { [HOST]: { auth: "Ym9i\nOnB3\r\n" } } },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "bits that the base64 does not need",
    config: { auths: { [HOST]: { auth: "Ym9iOnB3eB==".replace("eB", "eR") } } },
    docker: login("bob", "pwy"),
    podman: login("bob", "pwy"),
  },
  {
    name: "base64 without padding",
    config: { auths: { [HOST]: { auth: "Ym9iOnB3eA" } } },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "base64 with too much padding",
    config: { auths: { [HOST]: { auth: "Ym9iOnB3==" } } },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "base64 with a blank",
    config: { auths: { [HOST]: { auth: "Ym9i OnB3" } } },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "base64 for URLs",
    config: { auths: { [HOST]: { auth: Buffer.from("bob:~~~???").toString("base64url") } } },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "a password that is not encoded",
    config: { auths: { [HOST]: { auth: "bob:pw" } } },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "base64 that is illegal, and an identity token",
    config: { auths: { [HOST]: { auth: "!", identitytoken: "id" } } },
    docker: { identityToken: "id" },
    warns: true,
    podman: "stops",
  },
];

/** docker stops to decode at a broken entry, and its order changes with each start. Source: docker/cli `configfile.LoadFromReader` */
export const BROKEN: readonly Row[] = [
  ["base64 that is illegal", "!"],
  ["base64 without padding", "Ym9iOnB3eA"],
  ["no colon", "Ym9i"],
  ["an empty user", auth("")],
].map(([what, broken]) => ({
  name: `an entry of a different host: ${what}`,
  config: { auths: { [HOST]: entry("bob"), "other.example.com": { auth: broken } } },
  docker: "undecided",
  warns: true,
  podman: BOB,
}));
