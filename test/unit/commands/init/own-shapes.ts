// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of devcontainer.json, Dockerfiles and compose files
import { LINE, type Shape } from "../../../support/init-shapes.ts";

const CONFIG = ".devcontainer/devcontainer.json";
const IMAGE = "registry.example.com/dev/base:3";
const RUN = ["init", "--yes", "--registry", "ACME=registry.example.com"];

interface Own extends Partial<Shape> {
  readonly title: string;
  /** The text of devcontainer.json. */
  readonly text: string;
}

const ours = (chained: string): { readonly action: "chain"; readonly value: string } => ({
  action: "chain",
  value: `({OURS}) && ${chained}`,
});

const hook = (value: unknown): string =>
  `{\n  "image": "${IMAGE}",\n  "initializeCommand": ${JSON.stringify(value)},\n  "remoteUser": "dev"\n}\n`;

const uses = (file: string, where: string) => ({
  host: "registry.example.com",
  privacy: "cannot-tell",
  before: true,
  uses: [{ file, where }],
});

const compose = (services: string): Readonly<Record<string, string>> => ({ "compose.yml": services });

const COMPOSE = '{\n  "dockerComposeFile": "../compose.yml",\n  "service": "app"\n}\n';
const BUILD = '{\n  "build": { "dockerfile": "Dockerfile" }\n}\n';

/** Shapes of the same kinds as those in test/vectors/init-shapes.json, invented or met while writing the code. */
const LAYOUTS: readonly Own[] = [
  { title: "everything on one line", text: `{ "image": "${IMAGE}" }`, feature: "add-object" },
  { title: "one line with a block comment and a trailing comma", text: `{ "image": "${IMAGE}", /* the base */ }\n` },
  { title: "minified", text: `{"image":"${IMAGE}","remoteUser":"dev"}` },
  {
    title: "CRLF, tabs and a mark in front",
    text: `\uFEFF{\r\n\t"image": "${IMAGE}" // base\r\n}\r\n`,
    feature: "add-object",
  },
  {
    title: "an empty object over two lines",
    text: `{\n  "image": "${IMAGE}",\n  "features": {\n  }\n}\n`,
    feature: "add-key",
  },
  {
    title: "an object with only comments in it",
    text: `{\n  "image": "${IMAGE}",\n  "features": {\n    // "ghcr.io/acme/x:1": {}\n  },\n}\n`,
    feature: "add-key",
  },
  {
    title: "a comment right after the brace",
    text: `{ // top\n  "image": "${IMAGE}", "features": { /* none */ }\n}\n`,
  },
  {
    title: "a block comment that goes on over lines after the last property",
    text: `{\n  "image": "${IMAGE}" /* first\n  second */ // third\n}`,
  },
  { title: "the closing brace on the line of the last property", text: `{ "name": "x",\n  "image": "${IMAGE}" }\n` },
  {
    title: "no indentation at all",
    text: `{\n"image": "${IMAGE}",\n"features": {\n"ghcr.io/devcontainers/features/go:1": {}\n}\n}\n`,
    feature: "add-key",
  },
  {
    title: "a comma on a line of its own at the end",
    text: `{\n  "image": "${IMAGE}"\n  // before the comma\n  ,\n}\n`,
  },
  {
    title: "features on one line with one in it",
    text: `{\n  "image": "${IMAGE}",\n  "features": { "ghcr.io/devcontainers/features/go:1": {} }\n}\n`,
    feature: "add-key",
  },
  {
    title: "an empty secrets object and a __proto__ key",
    text: `{\n  "image": "${IMAGE}",\n  "secrets": {},\n  "customizations": { "x": { "__proto__": { "a": 1 } } }\n}\n`,
  },
  {
    title: "a duplicate key that is none of our business",
    text: `{\n  "name": "a",\n  "image": "${IMAGE}",\n  "name": "b"\n}\n`,
    notes: ["duplicate-elsewhere"],
  },
];

const MORE_LAYOUTS: readonly Own[] = [
  { title: "nothing but braces", text: "{}", feature: "add-object", notes: ["no-image"] },
  { title: "nothing but braces on two lines, and a comment after them", text: "{\n}\n// end\n", feature: "add-object" },
  { title: "nothing but a comment", text: "{ // later\n}\n", feature: "add-object" },
  {
    title: "a key twice deep inside",
    text: `{\n  "image": "${IMAGE}",\n  "customizations": { "a": { "b": 1, "b": 2 } }\n}\n`,
    notes: ["duplicate-elsewhere"],
  },
  {
    title: "our Feature with a text instead of options",
    text: `{\n  "image": "${IMAGE}",\n  "features": { "ghcr.io/registry-login/features/registry-login:1": "latest" }\n}\n`,
    feature: "tell",
    notes: ["feature-form"],
    keepsOurs: true,
  },
  {
    title: "an escaped key of ours",
    text: `{\n  "image": "${IMAGE}",\n  "\\u0066eatures": {}\n}\n`,
    feature: "add-key",
  },
  { title: "line ends of both kinds", text: `{\r\n  "image": "${IMAGE}", // a\n  "name": "x"\r\n}\r\n` },
  {
    title: "runServices that is empty starts all",
    text: '{\n  "dockerComposeFile": "../compose.yml",\n  "service": "app",\n  "runServices": []\n}\n',
    files: compose(`services:\n  app: { image: debian }\n  db: { image: ${IMAGE} }\n`),
    registries: [uses("compose.yml", "services.db.image")],
  },
];

const REFUSED: readonly Own[] = [
  {
    title: "a merge conflict",
    text: `{\n<<<<<<< ours\n  "image": "a"\n=======\n  "image": "b"\n>>>>>>> theirs\n}\n`,
    exit: "refused",
    code: "not-json",
  },
  { title: "a comment with #", text: `{\n  # base\n  "image": "${IMAGE}"\n}\n`, exit: "refused", code: "not-json" },
  {
    title: "a comma is missing",
    text: `{\n  "image": "${IMAGE}"\n  "remoteUser": "dev"\n}\n`,
    exit: "refused",
    code: "not-json",
  },
  {
    title: "two configurations",
    text: `{ "image": "${IMAGE}" }`,
    files: { ".devcontainer/b/devcontainer.json": "{}" },
    exit: "refused",
    code: "needs-config",
  },
  {
    title: "our Feature twice, in two versions",
    text: `{\n  "image": "${IMAGE}",\n  "features": {\n    "ghcr.io/registry-login/features/registry-login:1": {},\n    "ghcr.io/registry-login/features/registry-login:1.2": {}\n  }\n}\n`,
    exit: "refused",
    code: "duplicate-key",
  },
  {
    title: "secrets is a list",
    text: `{\n  "image": "${IMAGE}",\n  "secrets": ["A"]\n}\n`,
    exit: "refused",
    code: "wrong-type",
  },
  {
    title: "initializeCommand is a number",
    text: `{\n  "image": "${IMAGE}",\n  "initializeCommand": 1\n}\n`,
    exit: "refused",
    code: "wrong-type",
  },
  {
    title: "an identifier that belongs to a different host",
    text: `{\n  "image": "${IMAGE}",\n  "features": { "ghcr.io/registry-login/features/registry-login:1": { "registries": "ACME=other.example.com" } }\n}\n`,
    exit: "refused",
    code: "identifier-taken",
  },
];

const HOOKS: readonly Own[] = [
  {
    title: "a command with || and quotes",
    text: hook("docker compose pull || echo 'no \"net\"'"),
    initializeCommand: ours("docker compose pull || echo 'no \"net\"'"),
  },
  {
    title: "a multi-line script",
    text: hook("set -e\ndocker pull x\n"),
    initializeCommand: ours("set -e\ndocker pull x\n"),
  },
  {
    title: "& in the middle",
    text: hook("ssh-agent & docker pull x"),
    initializeCommand: { action: "tell" },
    notes: ["hook-background"],
  },
  {
    title: "&& and 2>&1 are no background",
    text: hook("true && make >log 2>&1"),
    initializeCommand: ours("true && make >log 2>&1"),
  },
  {
    title: "a command that is a comment",
    text: hook("# later"),
    initializeCommand: { action: "tell" },
    notes: ["hook-form"],
  },
  { title: "an open quote", text: hook("echo 'x"), initializeCommand: { action: "tell" }, notes: ["hook-form"] },
  { title: "spaces alone", text: hook("   "), initializeCommand: { action: "replace" } },
  { title: "an empty array", text: hook([]), initializeCommand: { action: "replace", value: "{OURS}" } },
  { title: "an empty object", text: hook({}), initializeCommand: { action: "object-key" } },
  { title: "an array that lists containers", text: hook(["docker", "ps"]), initializeCommand: { action: "object" } },
  {
    title: "an array over lines with a comment",
    text: `{\n  "image": "${IMAGE}",\n  "initializeCommand": [\n    "git", // the client\n    "fetch"\n  ]\n}\n`,
    initializeCommand: { action: "object" },
  },
  {
    title: "an object in which one pulls",
    text: hook({ a: "git fetch", b: ["docker", "pull", "x"] }),
    initializeCommand: { action: "tell" },
    notes: ["hook-parallel"],
  },
  {
    title: "a network, which is no pull",
    text: hook({ net: "docker network create dev || true" }),
    initializeCommand: { action: "object-key" },
  },
  {
    title: "bash -c with a pull",
    text: hook(["bash", "-c", "echo hi && docker pull x"]),
    initializeCommand: { action: "tell" },
  },
  {
    title: "ours is there already, with a version of its own and without npx",
    text: hook("npx -y @registry-login/cli@1.2.3 && make"),
    initializeCommand: { action: "present" },
  },
  {
    title: "an npm script that pulls, from an array",
    text: hook(["npm", "run", "setup"]),
    files: { "package.json": '{"scripts":{"setup":"docker pull x"}}' },
    initializeCommand: { action: "tell" },
    notes: ["hook-script"],
  },
  {
    title: "a script with a twin for Windows",
    text: hook([".devcontainer/init.sh"]),
    files: { ".devcontainer/init.sh": "docker compose build\n", ".devcontainer/init.cmd": "docker compose build\r\n" },
    initializeCommand: { action: "tell" },
    notes: ["hook-script-twin"],
  },
  {
    title: "a login with a password in the command",
    text: hook("docker login -u x -p not-a-real-one registry.example.com"),
    notes: ["by-hand-login"],
  },
];

const SOURCES: readonly Own[] = [
  {
    title: "a heredoc with FROM in it, and COPY --from an image",
    text: BUILD,
    files: {
      ".devcontainer/Dockerfile": `FROM debian\nRUN <<EOF\nFROM trap.example.com/x\nEOF\nCOPY --from=${IMAGE} /a /b\n`,
    },
    registries: [uses(".devcontainer/Dockerfile", "COPY --from")],
    absent: ["trap.example.com"],
  },
  {
    title: "# syntax of a private registry, after another directive",
    text: BUILD,
    files: {
      ".devcontainer/Dockerfile": "# escape=`\n# syntax = registry.example.com/docker/dockerfile:1\nFROM debian\n",
    },
    registries: [uses(".devcontainer/Dockerfile", "# syntax")],
  },
  {
    title: "RUN --mount from an image, and a stage by its number",
    text: BUILD,
    files: {
      ".devcontainer/Dockerfile": `FROM debian\nFROM debian\nCOPY --from=0 /a /b\nRUN --mount=type=bind,from=${IMAGE},target=/x true\n`,
    },
    registries: [uses(".devcontainer/Dockerfile", "COPY --from")],
  },
  {
    title: "an argument with a default of a default",
    text: BUILD,
    files: {
      ".devcontainer/Dockerfile": `ARG HOST\nARG R=\${HOST:-registry.example.com}\nFROM $R/dev/base:\${TAG:-3}\n`,
    },
    registries: [uses(".devcontainer/Dockerfile", "FROM")],
  },
  {
    title: "the dockerFile of old",
    text: '{\n  "dockerFile": "Dockerfile",\n  "context": ".."\n}\n',
    files: { ".devcontainer/Dockerfile": `FROM ${IMAGE}\n` },
    registries: [uses(".devcontainer/Dockerfile", "FROM")],
  },
  {
    title: "a cache alone needs no hook",
    text: '{\n  "build": { "dockerfile": "Dockerfile", "cacheFrom": "registry.example.com/cache:1" }\n}\n',
    files: { ".devcontainer/Dockerfile": "FROM debian\n" },
    initializeCommand: { action: "none" },
  },
  {
    title: "compose: .env, a default and an override",
    text: '{\n  "dockerComposeFile": ["../compose.yml", "over.yml"],\n  "service": "app"\n}\n',
    files: {
      ...compose(
        "services:\n  app:\n    image: trap.example.com/x\n  db:\n    image: ${REG:-other.example.com}/db:1\n",
      ),
      ".devcontainer/over.yml": "services:\n  app:\n    image: ${REG}/dev/base:3\n",
      ".env": "REG='registry.example.com' # ours\n",
    },
    registries: [uses(".devcontainer/over.yml", "services.app.image"), uses("compose.yml", "services.db.image")],
    absent: ["trap.example.com"],
  },
  {
    title: "compose: extends a service of a different file, and include",
    text: COMPOSE,
    files: {
      ...compose(
        "include:\n  - more/inner.yml\nservices:\n  app:\n    extends: { file: base/base.yml, service: common }\n",
      ),
      "base/base.yml": "services:\n  common:\n    build: .\n",
      "base/Dockerfile": `FROM ${IMAGE}\n`,
      "more/inner.yml": "services:\n  cache:\n    image: registry.example.com/cache:1\n",
    },
    registries: [uses("base/Dockerfile", "FROM"), uses("more/inner.yml", "services.cache.image")],
  },
  {
    title: "compose: merge keys and a profile that is enabled",
    text: COMPOSE,
    files: {
      ...compose(
        `x-base: &base\n  image: ${IMAGE}\nservices:\n  app:\n    <<: *base\n  extra:\n    image: images.example.com/x:1\n    profiles: [more]\n`,
      ),
      ".env": "COMPOSE_PROFILES=more\n",
    },
    registries: [
      uses("compose.yml", "services.app.image"),
      { host: "images.example.com", privacy: "cannot-tell", before: true, uses: [] },
    ],
  },
  {
    title: "compose: a broken file",
    text: COMPOSE,
    files: compose("services:\n  app:\n   image: [\n"),
    registries: [],
    notes: ["source-broken"],
  },
  {
    title: "an image that the environment names",
    text: '{\n  "image": "${localEnv:BASE}"\n}\n',
    registries: [],
    notes: ["variable-unknown"],
    initializeCommand: { action: "none" },
  },
  {
    title: "a Feature of a private registry",
    text: '{\n  "image": "mcr.microsoft.com/devcontainers/base:bookworm",\n  "features": {\n    "registry.example.com/acme/tool:1": {}\n  }\n}\n',
    registries: [uses(CONFIG, "features")],
    initializeCommand: { action: "add", value: LINE },
  },
  {
    title: "a local Feature that depends on a private one",
    text: '{\n  "image": "debian",\n  "features": { "./tool": {} }\n}\n',
    files: {
      ".devcontainer/tool/devcontainer-feature.json":
        '{ "id": "tool", "dependsOn": { "registry.example.com/acme/base:1": {} } }',
    },
    registries: [uses(".devcontainer/tool/devcontainer-feature.json", "dependsOn")],
  },
  {
    title: "pulled only in the container",
    text: `{\n  "image": "debian",\n  "postCreateCommand": "docker pull ${IMAGE}"\n}\n`,
    registries: [{ ...uses(CONFIG, "postCreateCommand: docker pull"), before: false }],
    initializeCommand: { action: "none" },
    secrets: ["ACME_CONTAINER_REGISTRY_USER", "ACME_CONTAINER_REGISTRY_PASSWORD"],
  },
  {
    title: "a secret in containerEnv",
    text: `{\n  "image": "${IMAGE}",\n  "containerEnv": { "API_TOKEN": "not-a-real-one", "TOKEN_FILE": "/x" }\n}\n`,
    notes: ["variable-secret"],
  },
  {
    title: "our Feature is there without options, from a folder",
    text: `{\n  "image": "${IMAGE}",\n  "features": { "./registry-login": {} }\n}\n`,
    feature: "add-registries",
  },
];

/** Those whose old bytes hold something of ours: `--remove` takes that out, too. */
const HELD_OURS = /ours is there already|our Feature is there/;

const all = [...LAYOUTS, ...MORE_LAYOUTS, ...REFUSED, ...HOOKS, ...SOURCES].map(
  ({ text, files = {}, ...own }, index) => ({
    run: RUN,
    config: CONFIG,
    exit: 0 as const,
    ...own,
    id: `own-${index + 1}`,
    files: { [CONFIG]: text, ...files },
  }),
);

export const OWN_SHAPES: readonly Shape[] = all.map((shape) => ({
  ...shape,
  keepsOurs: shape.keepsOurs === true || HELD_OURS.test(shape.title),
}));
