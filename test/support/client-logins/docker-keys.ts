import { ANSWERS, BOB, BOBS, entry, HOST, HUB, HUB_KEY, IMAGE, login, type Row } from "./row.ts";

/** The key of the entry. Source: docker/cli `credentials.fileStore.Get`; containers/image `findCredentialsInFile` */
export const KEYS: readonly Row[] = [
  ...[`https://${HOST}`, `http://${HOST}`, `https://${HOST}/`, `http://${HOST}/v1/`, `https://${HOST}/v2/team`].map(
    (key): Row => ({ name: `the key ${key}`, config: { auths: { [key]: entry("bob") } }, docker: BOB, podman: BOB }),
  ),
  ...[`${HOST}:443`, HOST.toUpperCase(), "example.onion", "*.example.onion", `https://${HOST}:443/`, ""].map(
    (key): Row => ({
      name: `the key "${key}"`,
      config: { auths: { [key]: entry("bob") } },
      docker: "nothing",
      podman: "nothing",
    }),
  ),
  { name: "the host with a slash", config: { auths: { [`${HOST}/`]: entry("bob") } }, docker: BOB, podman: "nothing" },
  {
    name: "the host with a version",
    config: { auths: { [`${HOST}/v2/`]: entry("bob") } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "a different scheme",
    config: { auths: { [`ftp://${HOST}/x`]: entry("bob") } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "an address with a user",
    config: { auths: { [`https://u@${HOST}/`]: entry("bob") } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "the scheme in upper case",
    config: { auths: { [`HTTPS://${HOST}/`]: entry("bob") } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "an address with a query",
    config: { auths: { [`https://${HOST}?x`]: entry("bob") } },
    docker: BOB,
    podman: "nothing",
  },
  {
    name: "the host, and an address of it",
    config: { auths: { [`https://${HOST}/v1/`]: entry("old"), [HOST]: entry("bob") } },
    docker: BOB,
    podman: BOB,
  },
  {
    name: "an empty entry of the host, and an address of it",
    config: { auths: { [`https://${HOST}/v1/`]: entry("old"), [HOST]: {} } },
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "null for the host, and an address of it",
    config: { auths: { [`https://${HOST}/v1/`]: entry("old"), [HOST]: null } },
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "a token that docker keeps for Docker Hub, and podman takes for a login",
    ...HUB,
    config: { auths: { [`${HUB_KEY}access-token`]: entry("bob") } },
    docker: "nothing",
    podman: BOB,
  },
  {
    name: "Docker Hub by docker's key",
    ...HUB,
    config: { auths: { [HUB_KEY]: entry("bob") } },
    docker: BOB,
    podman: BOB,
  },
  ...[
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "https://docker.io/",
    "https://index.docker.io/v2/",
    "https://index.docker.io/v1",
    "http://index.docker.io/v1/",
    "https://registry-1.docker.io/v2/",
  ].map(
    (key): Row => ({
      name: `Docker Hub by the key ${key}`,
      ...HUB,
      config: { auths: { [key]: entry("bob") } },
      docker: "nothing",
      podman: BOB,
    }),
  ),
  {
    name: "Docker Hub by a name of its site",
    ...HUB,
    config: { auths: { "hub.docker.com": entry("bob") } },
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "a helper of docker's key of Docker Hub",
    ...HUB,
    config: { credHelpers: { [HUB_KEY]: "own" } },
    helpers: { own: ANSWERS },
    docker: login("helper"),
    podman: "nothing",
  },
  {
    name: "a helper of docker.io",
    ...HUB,
    config: { credHelpers: { "docker.io": "own" } },
    helpers: { own: ANSWERS },
    docker: "nothing",
    podman: login("helper"),
  },
  ...["index.docker.io", "registry-1.docker.io"].map(
    (key): Row => ({
      name: `a helper of ${key}`,
      ...HUB,
      config: { credHelpers: { [key]: "own" } },
      helpers: { own: ANSWERS },
      docker: "nothing",
      podman: "nothing",
    }),
  ),
];

export const SPELLINGS: readonly Row[] = [
  {
    name: "the host of the image in upper case, the key in lower case",
    config: BOBS,
    image: IMAGE.replace(HOST, HOST.toUpperCase()),
    docker: "nothing",
    podman: "nothing",
  },
  {
    name: "the host of the image in upper case, and the key",
    config: { auths: { [HOST.toUpperCase()]: entry("bob") } },
    image: IMAGE.replace(HOST, HOST.toUpperCase()),
    docker: BOB,
    podman: BOB,
  },
];
