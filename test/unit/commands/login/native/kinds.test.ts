import { describe, expect, test } from "vitest";
import { AWS_KEY, ECR_HOST } from "../../../../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../../../../support/aws-setup.ts";
import { runLine } from "../../../../support/command-line.ts";
import { authOf, makeJwt } from "../../../../support/encoding.ts";
import {
  AZURE,
  AZURE_TOKEN_USER,
  DOCKER_HUB,
  GHCR,
  startNamedRegistries,
} from "../../../../support/named-registries.ts";
import { logIn, STORE_CONFIG, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const PASSWORD = "planted-password";
/** A login of somebody else, so that docker does not look for its default store. */
const FILE = '{"auths":{"other.example.com":{"auth":"eDp5"}}}';

describe.each([
  ["the store", STORE_CONFIG],
  ["docker's file", FILE],
])("in %s", (place, config) => {
  const isStore = place === "the store";

  test("a refresh token of Azure is an identity token", async () => {
    const host = withStore(config);
    const before = host.snapshot();
    const token = makeJwt({ exp: Math.floor(Date.now() / 1000) + 3600 });
    const { env } = await startNamedRegistries([{ ...AZURE, accepts: { refreshToken: token } }]);
    const all = { ...env, ...secrets("ACR", AZURE.host, AZURE_TOKEN_USER, token) };
    expect(await logIn(host, all)).toMatchObject({ outcome: "verified", code: null });
    if (isStore) expect(host.entries()[AZURE.host]).toMatchObject({ Username: "<token>", Secret: token });
    else
      expect(host.home.readConfig()?.auths?.[AZURE.host]).toEqual({
        auth: authOf(AZURE_TOKEN_USER, ""),
        identitytoken: token,
      });
    expect(await host.dockerLogin(AZURE.host)).toMatchObject({ secret: token });
    expect(await logIn(host, all, "--if-changed")).toMatchObject({ outcome: "unchanged", code: null });
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
  });

  test("Docker Hub has all of its keys, and a docker logout of one leaves no login that counts as ready", async () => {
    const host = withStore(config);
    const before = host.snapshot();
    const { env } = await startNamedRegistries([{ ...DOCKER_HUB, accepts: { user: "bob", password: PASSWORD } }]);
    const all = { ...env, ...secrets("HUB", "docker.io", "bob", PASSWORD) };
    const url = "https://index.docker.io/v1/";
    expect(await logIn(host, all)).toMatchObject({ outcome: "verified", code: null });
    const auths = host.home.readConfig()?.auths ?? {};
    const keys = isStore ? Object.keys(host.entries()) : Object.keys(auths).filter((key) => !key.startsWith("other"));
    expect(keys.sort()).toEqual(["docker.io", url, "registry-1.docker.io", "registry.hub.docker.com"]);
    expect(await host.dockerLogin("docker.io")).toEqual({ username: "bob", secret: PASSWORD });

    // docker logout
    const { [url]: _, ...others } = auths;
    host.erase(url);
    host.home.writeConfig(JSON.stringify({ ...host.home.readConfig(), auths: others }));
    const status = (await host.run(["status"])).stdout;
    expect(status).toMatch(/^registry-login: 0 of 1 registries logged in; /);
    expect(status).not.toContain("docker-credential-registry-login");

    expect(await logIn(host, all, "--if-changed")).toMatchObject({ outcome: "verified", code: null });
    expect(await host.dockerLogin("docker.io")).toEqual({ username: "bob", secret: PASSWORD });
    await host.run(["logout", "--all"]);
    expect(Object.keys(host.snapshot())).toEqual(Object.keys(before));
    expect(host.entries()).toEqual({});
  });

  test("GITHUB_TOKEN is stored like any other login", async () => {
    const host = withStore(config);
    const before = host.snapshot();
    const token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    const accepts = { user: "mona", password: token };
    const { env } = await startNamedRegistries([{ ...GHCR, accepts }], { [token]: "read:packages" });
    const all = { ...env, GITHUB_TOKEN: token, GITHUB_USER: "mona" };
    expect(await logIn(host, all, "--github-token", "always")).toMatchObject({ outcome: "verified", host: "ghcr.io" });
    expect(await host.dockerLogin("ghcr.io")).toEqual({ username: "mona", secret: token });
    const status = (await host.run(["status"])).stdout;
    expect(status).toContain(isStore ? "stored by docker-credential-scripted" : "stored unencrypted in docker's");
    expect(status).not.toContain("not stored");
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
  });
});

describe("a token of ECR", () => {
  test.each([
    ["in the store", STORE_CONFIG, {}, null],
    ["in docker's file, since the store fails", STORE_CONFIG, { STORE_MODE: "locked" }, "keychain-locked"],
    ["in docker's file", FILE, {}, null],
    ["in docker's file by the option", FILE, { storage: "plaintext" }, null],
  ])(
    "%s: a run exchanges it again once half of its life is over",
    async (_, config, given: Record<string, string>, code) => {
      const { storage, ...more } = given;
      const host = withStore(config);
      const { aws } = await setUpAws();
      const flags = ["--no-verify", ...(storage === undefined ? [] : ["--storage", storage])];
      const runAt = async (hours: number, ...args: string[]) => {
        const now = (): number => Date.now() + hours * 3600_000;
        aws.now = now;
        const { context } = host.home;
        const home = { ...host.home, context: (env = {}) => ({ ...context(env), now }) };
        const env = { ...host.env, ...awsSecrets(), ...more };
        const { stdout } = await runLine(home, ["login", "--json", ...flags, ...args], env);
        return JSON.parse(stdout).registries[0];
      };
      await runAt(0);
      expect(aws.calls).toHaveLength(1);
      const first = await host.dockerLogin(ECR_HOST, more);
      expect(first).toEqual({ username: "AWS", secret: aws.tokens[0] });
      expect(await runAt(5, "--if-changed")).toMatchObject({ outcome: "unchanged", code });
      expect(aws.calls).toHaveLength(1);
      await runAt(7, "--if-changed");
      expect(aws.calls).toHaveLength(2);
      expect(await host.dockerLogin(ECR_HOST, more)).toEqual({ username: "AWS", secret: aws.tokens[1] });
      const everything = Object.values(host.snapshot()).join("\n");
      expect(everything).not.toContain(AWS_KEY.secretAccessKey);
    },
  );
});
