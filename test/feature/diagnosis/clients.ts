import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { addHelper } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { answer } from "../../support/misbehaving-server.ts";
import { startNamed } from "../../support/scripted-registry.ts";
import { filesBelow } from "../../support/temp-home.ts";
import { fresh, loggedIn, type Mistake, makeHome, set, startRegistry } from "./table.ts";

const OTHER = { auth: authOf("eve", "another-password-1") };

/** Mistakes that stand between a login that works and the client that should use it. */
export const CLIENTS: readonly Mistake[] = [
  {
    name: "registry-login has not run yet",
    code: "not-registered",
    arrange: async () => fresh(set("A", await startRegistry())),
  },
  {
    name: "the secrets changed since the last login",
    code: "login-stale",
    arrange: async () => {
      const { situation, home, bin } = await loggedIn(set("A", await startRegistry(), { PASSWORD: "the-old-one-1" }), {
        options: { verify: "false" },
      });
      const host = Object.keys(home.readConfig()?.credHelpers ?? {})[0] ?? "";
      return { ...situation, context: home.context({ PATH: bin, ...set("A", host) }) };
    },
  },
  {
    name: "the login failed when the container started, and its secrets are not in this shell",
    code: "login-failed",
    arrange: async () => {
      const { home, bin } = await loggedIn(set("A", await startRegistry(), { PASSWORD: "another-password-1" }));
      return { context: home.context({ PATH: bin }) };
    },
  },
  {
    name: "the memory vault went with a restart",
    code: "vault-gone",
    arrange: async () => {
      const { home, bin } = await loggedIn(set("A", await startRegistry()));
      rmSync(home.memory, { recursive: true });
      mkdirSync(home.memory);
      return { context: home.context({ PATH: bin }) };
    },
  },
  {
    name: "the vault's folder is open to others",
    code: "vault-open",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      const { memory } = JSON.parse(readFileSync(join(home.folder, ".local/state/registry-login/state.json"), "utf8"));
      chmodSync(memory, 0o755);
      return situation;
    },
  },
  {
    name: "there is no tmpfs for storage memory",
    code: "no-tmpfs",
    arrange: async () => {
      const { context } = fresh(set("A", await startRegistry()));
      return { context: { ...context, memoryFolders: ["/etc"] } };
    },
  },
  {
    name: "DOCKER_AUTH_CONFIG holds another login",
    code: "docker-auth-config",
    arrange: async () => {
      const host = await startRegistry();
      const variable = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: OTHER } }) };
      return (await loggedIn({ ...set("A", host), ...variable })).situation;
    },
  },
  {
    name: "another helper is named for the host",
    code: "docker-other-helper",
    arrange: async () => {
      const home = makeHome();
      const host = await startRegistry();
      home.writeConfig(JSON.stringify({ credHelpers: { [host]: "other" } }));
      const { situation, bin } = await loggedIn(set("A", host), { home });
      addHelper(bin, "other", "eve", "another-password-1");
      return situation;
    },
  },
  {
    name: "config.json holds a person's older login, and plaintext storage leaves it there",
    code: "docker-other-login",
    arrange: async () => {
      const home = makeHome();
      const host = await startRegistry();
      home.writeConfig(JSON.stringify({ auths: { [host]: OTHER } }));
      return (await loggedIn(set("A", host), { home, options: { storage: "plaintext" } })).situation;
    },
  },
  {
    name: "a credential store hides what plaintext storage wrote",
    code: "docker-creds-store",
    arrange: async () => {
      const home = makeHome();
      home.writeConfig('{"credsStore":"nothing"}');
      const { situation, bin } = await loggedIn(set("A", await startRegistry()), {
        home,
        options: { storage: "plaintext" },
      });
      writeFileSync(
        join(bin, "docker-credential-nothing"),
        "#!/bin/sh\necho credentials not found in native keychain\nexit 1\n",
      );
      chmodSync(join(bin, "docker-credential-nothing"), 0o755);
      return situation;
    },
  },
  {
    name: "our helper is not on the PATH",
    code: "helper-missing",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      return { ...situation, context: home.context({ ...situation.context.env, PATH: "/nonexistent" }) };
    },
  },
  {
    name: "something else has our helper's name",
    code: "helper-other",
    arrange: async () => {
      const { bin, situation } = await loggedIn(set("A", await startRegistry()));
      writeFileSync(join(bin, "docker-credential-registry-login"), "#!/bin/sh\nexit 3\n");
      return situation;
    },
  },
  {
    name: "our helper ends without an answer",
    code: "helper-fails",
    arrange: async () => {
      const { bin, situation } = await loggedIn(set("A", await startRegistry()));
      writeFileSync(join(bin, "docker-credential-registry-login"), "#!/bin/sh\n# credential-helper\nexit 3\n");
      return situation;
    },
  },
  {
    name: "another program wrote config.json without our lines, and the secrets are not in this shell",
    code: "line-missing",
    arrange: async () => {
      const { home, bin } = await loggedIn(set("A", await startRegistry()));
      home.writeConfig("{}");
      return { context: home.context({ PATH: bin }) };
    },
  },
  {
    name: "a login that has expired since",
    code: "login-expired",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      const file = filesBelow(home.memory).find((each) => each.includes("/discovered/")) ?? "";
      const entry = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify({ ...entry, expiresAt: 1_600_000_000 }));
      return situation;
    },
  },
  {
    name: "config.json is not JSON",
    code: "config-not-json",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      home.writeConfig('{"auths": {');
      return situation;
    },
  },
  {
    name: "config.json has credHelpers of another form",
    code: "config-form",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      home.writeConfig('{"credHelpers": ["ghcr.io"]}');
      return situation;
    },
  },
  {
    name: "config.json is a loop of links",
    code: "link-loop",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      rmSync(home.config);
      symlinkSync(home.config, home.config);
      return situation;
    },
  },
  {
    name: "config.json is a folder",
    code: "not-a-file",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      rmSync(home.config);
      mkdirSync(home.config);
      return situation;
    },
  },
  {
    name: "DOCKER_CONFIG is a file",
    code: "folder-is-file",
    arrange: async () => {
      const { home, situation } = await loggedIn(set("A", await startRegistry()));
      const DOCKER_CONFIG = join(home.folder, "a-file");
      writeFileSync(DOCKER_CONFIG, "");
      const { context } = situation;
      return { ...situation, context: { ...context, env: { ...context.env, DOCKER_CONFIG } } };
    },
  },
  {
    name: "podman's own file holds another login",
    code: "podman-other-login",
    arrange: async () => {
      const host = await startRegistry();
      const { home, situation } = await loggedIn(set("A", host), { programs: ["podman"] });
      const file = join(home.folder, ".config/containers/auth.json");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ auths: { [host]: OTHER } }));
      return situation;
    },
  },
  {
    name: "REGISTRY_AUTH_FILE, which the login did not see, keeps podman from docker's configuration",
    code: "podman-other-file",
    arrange: async () => {
      const secrets = set("A", await startRegistry());
      const { home, situation } = await loggedIn(secrets, { programs: ["skopeo"] });
      const REGISTRY_AUTH_FILE = join(home.folder, "auth.json");
      return { ...situation, context: home.context({ ...situation.context.env, REGISTRY_AUTH_FILE }) };
    },
  },
  {
    name: ".npmrc of the user holds another token",
    code: "npm-other-setting",
    arrange: async () => {
      const home = makeHome();
      writeFileSync(join(home.folder, ".npmrc"), "//npm.pkg.github.com/:_authToken=ghp_another\n");
      const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
        answer(response, 200, {}, '{"username":"bob"}'),
      );
      return (await loggedIn({ ...env, ...set("N", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" }) }, { home }))
        .situation;
    },
  },
  {
    name: ".npmrc refers to a variable that this shell lacks",
    code: "npm-variable-unset",
    arrange: async () => {
      const home = makeHome();
      // biome-ignore lint/suspicious/noTemplateCurlyInString: npm replaces it
      writeFileSync(join(home.folder, ".npmrc"), "//npm.pkg.github.com/:_authToken=${NOT_SET_HERE}\n");
      const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
        answer(response, 200, {}, '{"username":"bob"}'),
      );
      return (await loggedIn({ ...env, ...set("N", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" }) }, { home }))
        .situation;
    },
  },
];
