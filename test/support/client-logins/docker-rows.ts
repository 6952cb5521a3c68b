import { BROKEN, ENTRIES } from "./docker-entries.ts";
import { HELPERS } from "./docker-helpers.ts";
import { KEYS, SPELLINGS } from "./docker-keys.ts";
import { TEXTS, TYPES } from "./docker-texts.ts";
import { BOB, BOBS, entry, HOST, type Row } from "./row.ts";

/** docker's folder. Source: docker/cli `config.Dir` */
const FOLDERS: readonly Row[] = [
  { name: "no file", docker: "nothing", podman: "nothing" },
  {
    name: "a relative DOCKER_CONFIG",
    files: { "d/config.json": BOBS },
    env: { DOCKER_CONFIG: "d" },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "an absolute DOCKER_CONFIG",
    config: { auths: { [HOST]: entry("eve") } },
    files: { "d/config.json": BOBS },
    env: { DOCKER_CONFIG: "$HOME/d/" },
    docker: BOB,
    podman: BOB,
  },
  { name: "an empty DOCKER_CONFIG", config: BOBS, env: { DOCKER_CONFIG: "" }, docker: BOB, podman: BOB },
  {
    name: "a DOCKER_CONFIG with a tilde, which no shell has expanded",
    config: { auths: { [HOST]: entry("eve") } },
    files: { "~/.docker/config.json": BOBS },
    env: { DOCKER_CONFIG: "~/.docker" },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "a DOCKER_CONFIG that is missing",
    config: BOBS,
    env: { DOCKER_CONFIG: "$HOME/d" },
    docker: "nothing",
    podman: "stops",
    skopeo: "nothing",
  },
  {
    name: "config.json is a folder",
    files: { ".docker/config.json/x": "" },
    docker: "nothing",
    warns: true,
    podman: "stops",
  },
  {
    name: "the file of old versions",
    files: { ".dockercfg": { [HOST]: entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "DOCKER_AUTH_CONFIG, which this version does not read",
    config: BOBS,
    env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [HOST]: entry("eve") } }) },
    docker: BOB,
    podman: BOB,
  },
];
/** What docker reads, with what podman, skopeo and buildah make of the same files. */
export const DOCKER_ROWS: readonly Row[] = [
  ...ENTRIES,
  ...BROKEN,
  ...KEYS,
  ...TEXTS,
  ...TYPES,
  ...HELPERS,
  ...FOLDERS,
  ...SPELLINGS,
];
