import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDevContainers } from "../../../src/discovery/dev-container-files.ts";
import { mapFrom } from "../../../src/discovery/mapping.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { tempFolder } from "../../support/temp-home.ts";

const FEATURE = "ghcr.io/registry-login/features/registry-login:1";
const MAIN = ".devcontainer/devcontainer.json";

/** A folder with these configurations: a text, or the value of one. */
function makeFolder(files: Readonly<Record<string, unknown>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

function mapped(files: Readonly<Record<string, unknown>>, config?: string) {
  const folder = makeFolder(files);
  const place = { folder, config: config === undefined ? null : join(folder, config) };
  const { options, notes, origins } = mapFrom(readDevContainers(place, new Set()));
  const messages = notes.map(({ finding }) => `${finding.code}: ${finding.message}`.replaceAll(`${folder}/`, ""));
  const files2 = Object.fromEntries([...origins].map(([name, file]) => [name, file.replace(`${folder}/`, "")]));
  return { options, messages, origins: files2, notes };
}

const withOptions = (options: unknown, id = FEATURE): object => ({ features: { [id]: options } });

describe("our Feature's options", () => {
  test.each([
    FEATURE,
    "ghcr.io/registry-login/features/registry-login",
    "ghcr.io/registry-login/features/registry-login@sha256:0123456789abcdef",
    "localhost:5000/acme/registry-login:1.2",
    "./registry-login",
    "../features/registry-login/",
  ])("of %s", (id) => {
    expect(mapped({ [MAIN]: withOptions({ registries: "ACR=a.azurecr.io" }, id) })).toMatchObject({
      options: { registries: "ACR=a.azurecr.io" },
      origins: { ACR: MAIN },
      messages: [],
    });
  });

  test.each(["ghcr.io/acme/features/my-registry-login:1", "ghcr.io/acme/registry-login/other:1", "registry-login.d"])(
    "not of %s",
    (id) => {
      expect(mapped({ [MAIN]: withOptions({ registries: "ACR=a.azurecr.io" }, id) }).options).toEqual({});
    },
  );

  test("only those that concern a host, with comments and a trailing comma around them", () => {
    const text = `\uFEFF// ours\n{ "features": { "${FEATURE}": {
      "registries": "ACR=a.azurecr.io", /* and */ "identifiers": "ACR", "githubToken": "never",
      "storage": "disk", "strict": true, "root": true, "timeout": 600, }, }, }`;
    expect(mapped({ [MAIN]: text })).toMatchObject({
      options: { registries: "ACR=a.azurecr.io", identifiers: "ACR", githubToken: "never" },
      messages: [],
    });
  });

  test.each(["1", true, null, [], {}])("a Feature with %j has the defaults", (value) => {
    expect(mapped({ [MAIN]: withOptions(value) })).toMatchObject({ options: { githubToken: "auto" }, messages: [] });
  });

  test("one that is not valid is left out, and the others are used", () => {
    const { options, messages } = mapped({
      [MAIN]: withOptions({ registries: "ACR", githubToken: "sometimes", identifiers: "ACR" }),
    });
    expect(options).toEqual({ identifiers: "ACR", githubToken: "auto" });
    expect(messages.sort()).toEqual([
      expect.stringMatching(/^devcontainer-option: .*devcontainer\.json: entry 1 of the option registries/),
      expect.stringMatching(/^devcontainer-option: .*devcontainer\.json: the option githubToken must be/),
    ]);
  });

  test("one that refers to a variable is left out, with a hint", () => {
    const { options, messages } = mapped({ [MAIN]: withOptions({ registries: `ACR=\${localEnv:ACR}` }) });
    expect(options.registries).toBeUndefined();
    expect(messages).toEqual([expect.stringMatching(/^devcontainer-variable: .*the option registries/)]);
  });
});

describe("servers in the variables of the container", () => {
  test("are used where they are spelled out, those of remoteEnv first", () => {
    const { options, messages } = mapped({
      [MAIN]: {
        containerEnv: { B_CONTAINER_REGISTRY_SERVER: "old.example.com", C_CONTAINER_REGISTRY_SERVER: "c.azurecr.io" },
        remoteEnv: {
          a_container_registry_server: " ghcr.io ",
          B_CONTAINER_REGISTRY_SERVER: "quay.io",
          D_CONTAINER_REGISTRY_SERVER: `\${localEnv:D_CONTAINER_REGISTRY_SERVER}`,
          E_CONTAINER_REGISTRY_SERVER: "",
          F_CONTAINER_REGISTRY_SERVER: null,
          A_CONTAINER_REGISTRY_PASSWORD: "never-here",
        },
      },
    });
    expect(options).toEqual({ registries: "B=quay.io, C=c.azurecr.io, A=ghcr.io" });
    expect(messages).toEqual([]);
  });

  test("one that is not a server is left out, and its text is explained", () => {
    const { options, messages } = mapped({ [MAIN]: { remoteEnv: { A_CONTAINER_REGISTRY_SERVER: "ftp://ghcr.io" } } });
    expect(options).toEqual({});
    expect(messages).toEqual([expect.stringMatching(/^devcontainer-server: .*A_CONTAINER_REGISTRY_SERVER/)]);
  });

  test("one that contradicts the option registries is not used, as in the container", () => {
    const remoteEnv = { A_CONTAINER_REGISTRY_SERVER: "quay.io", B_CONTAINER_REGISTRY_SERVER: "https://GHCR.io/" };
    const { options, messages } = mapped({
      [MAIN]: { ...withOptions({ registries: "A=evil.example.com, B=ghcr.io" }), remoteEnv },
    });
    expect(options.registries).toBe("B=ghcr.io");
    expect(messages).toEqual([
      `devcontainer-two-servers: ${MAIN}: the option registries maps A to evil.example.com, and A_CONTAINER_REGISTRY_SERVER in remoteEnv to quay.io; neither is used`,
    ]);
  });

  test("one in remoteEnv comes before one in containerEnv, as in the container", () => {
    const [containerEnv, remoteEnv] = ["ghcr.io", "quay.io"].map((each) => ({ A_CONTAINER_REGISTRY_SERVER: each }));
    expect(mapped({ [MAIN]: { containerEnv, remoteEnv } })).toMatchObject({
      options: { registries: "A=quay.io" },
      messages: [],
    });
  });
});

describe("two entries of our Feature", () => {
  const LOCAL = "./registry-login";
  const both = (one: object, two: object) => mapped({ [MAIN]: { features: { [FEATURE]: one, [LOCAL]: two } } });

  test("that agree, or are about the container, are used", () => {
    const { options, messages } = both(
      { registries: "A=quay.io", identifiers: "A", storage: "disk" },
      { registries: " A=quay.io", githubToken: "never", storage: "memory" },
    );
    expect(options).toEqual({ registries: "A=quay.io", identifiers: "A", githubToken: "never" });
    expect(messages).toEqual([]);
  });

  test.each([
    ["registries", "A=quay.io", "A=ghcr.io"],
    ["identifiers", "A", "B"],
    ["githubToken", "never", "always"],
  ])("with different values of %s are named, and neither value is used", (name, one, two) => {
    const { options, messages } = both({ [name]: one }, { [name]: two });
    expect(["", "auto"]).toContain(options[name as keyof typeof options] ?? "");
    expect(messages).toEqual([
      `devcontainer-two-features: ${MAIN}: the entries ${FEATURE} and ${LOCAL} in features have different values of ${name}; neither is used`,
    ]);
  });
});

describe("several configurations", () => {
  const ONE = ".devcontainer/one/devcontainer.json";
  const TWO = ".devcontainer/two/devcontainer.json";

  test("are all used", () => {
    const { options, origins } = mapped({
      [MAIN]: withOptions({ registries: "A=a.example.com" }),
      ".devcontainer.json": withOptions({ registries: "B=b.example.com" }),
      [TWO]: withOptions({ registries: "A=https://a.example.com/, C=c.example.com" }),
      ".devcontainer/deeper/than/devcontainer.json": withOptions({ registries: "D=d.example.com" }),
    });
    expect(options.registries).toBe("A=a.example.com, B=b.example.com, C=c.example.com");
    expect(origins).toEqual({ A: MAIN, B: ".devcontainer.json", C: TWO });
  });

  test("that name different hosts for an identifier: neither is used, and the rest is", () => {
    const { options, messages, notes } = mapped({
      [ONE]: withOptions({ registries: "A=a.example.com, B=b.example.com" }),
      [TWO]: { remoteEnv: { A_CONTAINER_REGISTRY_SERVER: "other.example.com" } },
    });
    expect(options.registries).toBe("B=b.example.com");
    expect(messages).toEqual([
      `devcontainer-contradiction: ${ONE} maps A to a.example.com, and ${TWO} to other.example.com; neither is used`,
    ]);
    expect(notes).toMatchObject([{ isWrong: true, finding: { hint: expect.stringContaining("--config") } }]);
  });

  test("one that is named is used alone", () => {
    const files = {
      [ONE]: withOptions({ registries: "A=a.example.com" }),
      [TWO]: withOptions({ registries: "A=other.example.com" }),
    };
    expect(mapped(files, TWO)).toMatchObject({ options: { registries: "A=other.example.com" }, messages: [] });
  });

  test.each([
    ["identifiers", ["A", "B, C"], { identifiers: "A, B, C" }],
    ["identifiers", ["A", ""], {}],
    ["githubToken", ["never", "gh"], { githubToken: "gh" }],
    ["githubToken", ["never", ""], { githubToken: "auto" }],
  ])("the option %s of %j", (name, [one, two], expected) => {
    const { options } = mapped({ [ONE]: withOptions({ [name]: one }), [TWO]: withOptions({ [name]: two }) });
    expect(options).toEqual({ githubToken: "auto", ...expected });
  });

  test("a configuration without the Feature does not count for its options", () => {
    const { options } = mapped({ [ONE]: withOptions({ identifiers: "A" }), [TWO]: { image: "debian" } });
    expect(options.identifiers).toBe("A");
  });
});

describe("a configuration that cannot be read is named, and stops nothing", () => {
  test.each<[string, unknown, RegExp]>([
    ["is not JSON", '{\n  "image": "x"\n  "features": {}\n}', /^devcontainer-json: \S+, line 3, column 3: /],
    ["is empty", "", /^devcontainer-json: \S+, line 1, column 1: /],
    ["is a list", "[]", /^devcontainer-form: /],
    ["is too deep", "[".repeat(200_000), /^devcontainer-json: /],
    ["is too large", `"${"x".repeat(600 * 1024)}"`, /^devcontainer-unreadable: /],
  ])("one that %s", (_, content, expected) => {
    const { options, messages, notes } = mapped({
      ".devcontainer.json": content,
      ".devcontainer/good/devcontainer.json": withOptions({ registries: "A=ghcr.io" }),
    });
    expect(messages).toEqual([expect.stringMatching(expected)]);
    expect(notes).toMatchObject([{ isWrong: true, step: "options" }]);
    expect(options.registries).toBe("A=ghcr.io");
  });

  test("a folder of its name, and a symlink that leads nowhere", () => {
    const folder = makeFolder({ ".devcontainer/devcontainer.json/x": "", ".devcontainer/a/x": "" });
    symlinkSync("nowhere", join(folder, ".devcontainer.json"));
    const { notes } = mapFrom(readDevContainers({ config: null, folder }, new Set()));
    expect(notes.map(({ finding }) => finding.code)).toEqual(["devcontainer-unreadable"]);
  });

  test("names in it that every object has are values like others", () => {
    const text = `{ "__proto__": { "features": {} }, "remoteEnv": { "__proto__": "x" }, "features": { "${FEATURE}":
      { "__proto__": { "registries": "A=evil.example.com" }, "constructor": "x" } } }`;
    expect(mapped({ [MAIN]: text })).toMatchObject({ options: { githubToken: "auto" }, messages: [] });
  });
});

describe("where nobody names a file", () => {
  function enter(folder: string): void {
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
  }

  const owner = process.getuid?.() ?? 0;

  test("the current folder's are used", () => {
    enter(makeFolder({ [MAIN]: withOptions({ registries: "A=ghcr.io" }) }));
    const { options, origins } = mapFrom(readDevContainers({ config: null, folder: null }, new Set([owner])));
    expect(options.registries).toBe("A=ghcr.io");
    expect([...origins]).toEqual([["A", MAIN]]);
  });

  test("except those of a different user, as in /tmp", () => {
    enter(makeFolder({ ".devcontainer.json": withOptions({ registries: "A=evil.example.com" }) }));
    const { options, notes } = mapFrom(readDevContainers({ config: null, folder: null }, new Set([owner + 1])));
    expect(options).toEqual({});
    expect(notes).toMatchObject([{ isWrong: false, finding: { code: "devcontainer-of-another" } }]);
  });

  test("a current folder that was removed says nothing, and a file that is named is an error", () => {
    const folder = tempFolder();
    enter(folder);
    rmSync(folder, { recursive: true });
    expect(mapFrom(readDevContainers({ config: null, folder: null }, new Set([owner]))).notes).toEqual([]);
    const place = { config: "devcontainer.json", folder: null };
    expect(() => readDevContainers(place, new Set())).toThrow(expect.objectContaining({ code: "input-file-missing" }));
  });

  test("a folder without any says nothing", () => {
    enter(tempFolder());
    expect(mapFrom(readDevContainers({ config: null, folder: null }, new Set([owner])))).toMatchObject({
      options: {},
      notes: [],
    });
  });
});

test.each<[string, { config: string | null; folder: string | null }, string]>([
  ["a file that is missing", { config: "/nonexistent/devcontainer.json", folder: null }, "input-file-missing"],
  ["a folder that is missing", { config: null, folder: "/nonexistent" }, "workspace-missing"],
  ["a folder that is a file", { config: null, folder: "/etc/passwd" }, "workspace-missing"],
])("%s on the command line is an error", (_, place, code) => {
  expect(() => readDevContainers(place, new Set())).toThrow(UserError);
  expect(() => readDevContainers(place, new Set())).toThrow(expect.objectContaining({ code }));
});
