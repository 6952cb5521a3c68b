import { ANSWERS, BOB, BOBS, entry, HOST, HUB_IMAGE, login, type Row } from "./row.ts";

const EVES = { auths: { [HOST]: entry("eve") } };
const RUN = "run/containers/auth.json";
const OWN = ".config/containers/auth.json";
const RUNTIME = { XDG_RUNTIME_DIR: "$HOME/run" };

/** Keys with a path. Source: containers/image `authKeyLookupOrder`, `normalizeAuthFileKey` */
const PATHS: readonly Row[] = [
  ["team/app", BOB],
  ["team", BOB],
  ["tea", "nothing"],
  ["team/ap", "nothing"],
  ["team/app/more", "nothing"],
  ["team/", "nothing"],
  ["/team", "nothing"],
  ["Team", "nothing"],
  ["team/app:latest", "nothing"],
].map(([path, podman]) => ({
  name: `the key of the host with the path ${path}`,
  files: { [OWN]: { auths: { [`${HOST}/${path}`]: entry("bob") } } },
  docker: "nothing",
  podman: podman as Row["podman"],
}));

const MORE_PATHS: readonly Row[] = [
  {
    name: "the longest path first",
    files: {
      [OWN]: { auths: { [HOST]: entry("eve"), [`${HOST}/team/app`]: entry("bob"), [`${HOST}/team`]: entry("amy") } },
    },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "an empty entry of a path hides the host",
    files: { [OWN]: { auths: { [HOST]: entry("eve"), [`${HOST}/team`]: {} } } },
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "an empty entry of a path does not hide the next file",
    config: BOBS,
    files: { [OWN]: { auths: { [`${HOST}/team`]: {} } } },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a path that is not legal base64",
    files: { [OWN]: { auths: { [HOST]: entry("bob"), [`${HOST}/team`]: { auth: "!" } } } },
    docker: "nothing",
    podman: "stops",
  },
  {
    name: "a different path that is not legal base64",
    files: { [OWN]: { auths: { [HOST]: entry("bob"), [`${HOST}/other`]: { auth: "!" } } } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "an address with a different path is for the whole host",
    files: { [OWN]: { auths: { [`https://${HOST}/other`]: entry("bob") } } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "the host comes before an address with the path",
    files: { [OWN]: { auths: { [`https://${HOST}/team`]: entry("eve"), [HOST]: entry("bob") } } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "docker's own file with a path",
    config: { auths: { [HOST]: entry("eve"), [`${HOST}/team`]: entry("bob") } },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "a helper of the host comes before a path",
    files: { [OWN]: { auths: { [`${HOST}/team`]: entry("bob") }, credHelpers: { [HOST]: "own" } } },
    helpers: { own: ANSWERS },
    docker: "nothing",
    podman: login("helper"),
  },
  {
    name: "a helper of a path is not queried",
    files: { [OWN]: { ...BOBS, credHelpers: { [`${HOST}/team`]: "own" } } },
    helpers: { own: ANSWERS },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "Docker Hub with a path",
    image: HUB_IMAGE,
    files: { [OWN]: { auths: { "docker.io": entry("eve"), "docker.io/library": entry("bob") } } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "Docker Hub with a path of a different name of it",
    image: HUB_IMAGE,
    files: { [OWN]: { auths: { "docker.io": entry("eve"), "index.docker.io/library": entry("bob") } } },
    docker: "nothing",
    podman: login("eve"),
  },
];

/** The order of the files. Source: containers/image `getAuthFilePaths` */
const ORDER: readonly Row[] = [
  {
    name: "the file of the session first",
    config: EVES,
    files: { [RUN]: BOBS, [OWN]: EVES },
    env: RUNTIME,
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "the person's own file before docker's",
    config: EVES,
    files: { [OWN]: BOBS },
    env: RUNTIME,
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "XDG_CONFIG_HOME",
    config: EVES,
    files: { "x/containers/auth.json": BOBS, [OWN]: EVES },
    env: { XDG_CONFIG_HOME: "$HOME/x" },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "XDG_RUNTIME_DIR is missing",
    config: BOBS,
    env: { XDG_RUNTIME_DIR: "$HOME/gone" },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a file without the host does not end the search",
    config: BOBS,
    files: { [RUN]: { auths: {} }, [OWN]: { auths: { x: entry("eve") } } },
    env: RUNTIME,
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a first file that is not JSON ends it",
    config: BOBS,
    files: { [RUN]: "{" },
    env: RUNTIME,
    docker: BOB,
    podman: "stops",
  },
  {
    name: "a first file that is empty ends it",
    config: BOBS,
    files: { [RUN]: "" },
    env: RUNTIME,
    docker: BOB,
    podman: "stops",
  },
  {
    name: "a first file that is a folder ends it",
    config: BOBS,
    files: { [`${RUN}/x`]: "" },
    env: RUNTIME,
    docker: BOB,
    podman: "stops",
  },
  {
    name: "a first file that is null does not",
    config: BOBS,
    files: { [RUN]: "null" },
    env: RUNTIME,
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a last file that is not JSON does not matter after a login",
    config: "{",
    files: { [RUN]: BOBS },
    env: RUNTIME,
    docker: "nothing",
    warns: true,
    podman: BOB,
  },
  {
    name: "a helper without a login does not end the search",
    config: BOBS,
    files: { [RUN]: { credHelpers: { [HOST]: "own" } } },
    env: RUNTIME,
    helpers: { own: "not found" },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a helper that fails ends it",
    config: BOBS,
    files: { [RUN]: { credHelpers: { [HOST]: "own" } } },
    env: RUNTIME,
    docker: BOB,
    podman: "stops",
  },
  {
    name: "an entry without a password ends it",
    config: BOBS,
    files: { [RUN]: { auths: { [HOST]: entry("eve", "") } } },
    env: RUNTIME,
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "the file of old versions last",
    config: BOBS,
    files: { ".dockercfg": { [HOST]: entry("eve") } },
    docker: BOB,
    podman: BOB,
  },
];

/** The file of docker's old versions. Source: containers/image `readJSONFile`, `normalizeAuthFileKey` */
const OLD: readonly Row[] = [
  {
    name: "old versions: an address",
    files: { ".dockercfg": { [`https://${HOST}/v1/`]: entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "old versions: a path",
    files: { ".dockercfg": { [`${HOST}/team`]: entry("eve"), [HOST]: entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "old versions: a path alone is for the whole host",
    files: { ".dockercfg": { [`${HOST}/other`]: entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "old versions: the new form is not read",
    files: { ".dockercfg": { auths: { [HOST]: {} } } },
    docker: "nothing",
    podman: "nothing",
  },
  { name: "old versions: a string", files: { ".dockercfg": { x: "y" } }, docker: "nothing", podman: "stops" },
  {
    name: "old versions: Docker Hub",
    image: HUB_IMAGE,
    files: { ".dockercfg": { "https://index.docker.io/v1/": entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
];

/** A file that a variable names. Source: containers/common `auth.GetDefaultAuthFile`; containers/image `getPathToAuth` */
const NAMED: readonly Row[] = [
  {
    name: "REGISTRY_AUTH_FILE",
    config: EVES,
    files: { a: BOBS, [RUN]: EVES },
    env: { ...RUNTIME, REGISTRY_AUTH_FILE: "$HOME/a" },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "a relative REGISTRY_AUTH_FILE",
    config: EVES,
    files: { "d/a": BOBS },
    env: { REGISTRY_AUTH_FILE: "d/a" },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "a REGISTRY_AUTH_FILE with a tilde, which no shell has expanded",
    config: EVES,
    files: { a: EVES, "~/a": BOBS },
    env: { REGISTRY_AUTH_FILE: "~/a" },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "an empty REGISTRY_AUTH_FILE",
    files: { [OWN]: BOBS },
    env: { REGISTRY_AUTH_FILE: "" },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "a REGISTRY_AUTH_FILE that is missing",
    config: BOBS,
    env: { REGISTRY_AUTH_FILE: "$HOME/gone" },
    docker: BOB,
    podman: "stops",
    skopeo: BOB,
  },
  {
    name: "a REGISTRY_AUTH_FILE that is not JSON",
    config: BOBS,
    files: { a: "{" },
    env: { REGISTRY_AUTH_FILE: "$HOME/a" },
    docker: BOB,
    podman: "stops",
  },
  {
    name: "a REGISTRY_AUTH_FILE without the host, to these versions",
    config: BOBS,
    files: { a: { auths: {} } },
    env: { REGISTRY_AUTH_FILE: "$HOME/a" },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a REGISTRY_AUTH_FILE without the host, and the file of the session",
    files: { a: { auths: {} }, [RUN]: BOBS },
    env: { ...RUNTIME, REGISTRY_AUTH_FILE: "$HOME/a" },
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "REGISTRY_AUTH_FILE comes before DOCKER_CONFIG",
    files: { a: BOBS, "d/config.json": EVES },
    env: { REGISTRY_AUTH_FILE: "$HOME/a", DOCKER_CONFIG: "$HOME/d" },
    docker: login("eve"),
    podman: BOB,
  },
  {
    name: "DOCKER_CONFIG comes before podman's own files, except to skopeo",
    files: { [RUN]: EVES, "d/config.json": BOBS },
    env: { ...RUNTIME, DOCKER_CONFIG: "$HOME/d" },
    docker: BOB,
    podman: BOB,
    skopeo: login("eve"),
  },
  {
    name: "DOCKER_CONFIG without the host, and the person's own file",
    files: { [OWN]: BOBS, "d/config.json": { auths: {} } },
    env: { DOCKER_CONFIG: "$HOME/d" },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "DOCKER_CONFIG without the host, and the file of the session",
    files: { [RUN]: BOBS, "d/config.json": { auths: {} } },
    env: { ...RUNTIME, DOCKER_CONFIG: "$HOME/d" },
    docker: "nothing",
    podman: "nothing",
    skopeo: BOB,
  },
];

/** What podman, skopeo and buildah read besides docker's configuration. */
export const PODMAN_ROWS: readonly Row[] = [...PATHS, ...MORE_PATHS, ...ORDER, ...OLD, ...NAMED];
