import { describe, expect, test } from "vitest";
import { discover } from "../../../src/discovery/discover.ts";
import { suspectSet } from "../../../src/discovery/suspicions.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { secrets } from "../../support/temp-home.ts";

/** The codes and texts of what looks wrong with a set. */
function suspect(user: string, password: string, server = "registry.example.com") {
  const findings = suspectSet(secrets("A", server, user, password), "A").map(({ finding }) => finding);
  return {
    codes: findings.map(({ code }) => code),
    text: findings.map(({ message, hint }) => `${message}; ${hint}`).join(),
  };
}

/** How other tools write a reference. Source: the documentation of each. */
const REFERENCES = [
  ["1Password", "op://vault/registry/password"],
  ["Azure Key Vault", "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/registry)"],
  ["Azure Key Vault", "@Microsoft.KeyVault(VaultName=acme;SecretName=registry)"],
  ["Azure Key Vault", "https://acme.vault.azure.net/secrets/registry/0123"],
  ["the Windows command prompt", "%REGISTRY_PASSWORD%"],
  ["PowerShell", "$env:REGISTRY_PASSWORD"],
  ["PowerShell", "$Env:registry_password"],
  ["a template", "{{ .Values.password }}"],
  ["a template", "{{registry_password}}"],
  ["a template", "#{RegistryPassword}#"],
  ["a template", "<%= ENV['PASSWORD'] %>"],
  ["a template", "__REGISTRY_PASSWORD__"],
  ["YAML", "!secret registry_password"],
  ["YAML", "!vault |"],
  ["YAML", "!Ref RegistryPassword"],
  ["AWS", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-AbCdEf"],
  ["AWS", "{{resolve:secretsmanager:registry:SecretString:password}}"],
  ["Google Secret Manager", "projects/acme/secrets/registry/versions/latest"],
  ["Vault", "vault:secret/data/registry#password"],
  ["Vault", "ref+vault://secret/registry#/password"],
  ["SOPS", "ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]"],
  ["Ansible Vault", "$ANSIBLE_VAULT;1.1;AES256"],
  ["a secrets file", "/run/secrets/registry_password"],
  ["a secrets file", "file:/run/secrets/registry_password"],
  ["a secret manager", "bws://0123/registry"],
  ["a secret manager", "keychain://registry"],
] as const;

describe("a reference of another tool is named", () => {
  test.each(REFERENCES)("%s: %s", (tool, value) => {
    for (const [user, password] of [
      ["bob", value],
      ["bob", `  ${value}\n`],
      [value, "pass-word"],
    ] as const) {
      const { codes, text } = suspect(user, password);
      expect([value, codes]).toEqual([value, ["secret-reference"]]);
      expect(text).toContain(tool);
      expect(text).not.toContain(value);
    }
  });

  test("also as the server, where it explains why that is not a host", () => {
    for (const [, value] of REFERENCES.filter(([, text]) => !/^(?:https|projects|\/run|bws|keychain)/.test(text))) {
      const { rejected, requests } = discover(secrets("A", value, "bob", "pass-word"), { registries: new Map() });
      expect([value, requests, rejected.map(({ code }) => code)]).toEqual([value, [], ["secret-reference"]]);
    }
  });
});

const AUTH = Buffer.from("bob:pass-word-1").toString("base64");
const CONFIG = JSON.stringify({ auths: { "ghcr.io": { auth: AUTH } } });

describe("a password that is more than one", () => {
  test.each([
    ["Bearer ghs_0123456789", "secret-header"],
    ["bearer  ghs_0123456789", "secret-header"],
    [`Basic ${AUTH}`, "secret-header"],
    [`Authorization: Basic ${AUTH}`, "secret-header"],
    ["token ghp_0123456789", "secret-header"],
    ["bob:pass-word-1", "secret-with-user"],
    [AUTH, "secret-with-user"],
    [CONFIG, "secret-config"],
    [JSON.stringify(JSON.parse(CONFIG), null, 2), "secret-config"],
    [Buffer.from(CONFIG).toString("base64"), "secret-config"],
    ['{"auth":"Ym9iOng="}', "secret-config"],
    ['{"credsStore":"desktop"}', "secret-config"],
  ])("%s: %s", (password, code) => {
    const { codes, text } = suspect("bob", password);
    expect(codes).toEqual([code]);
    expect(leakedPieces(text, "pass-word-1")).toEqual([]);
  });
});

/** Sources: Harbor's robot accounts, NVIDIA's and Quay's user names. */
describe("the dollar sign of a user name", () => {
  test.each([
    ["robot$$acme", "user-dollar-doubled"],
    ["$$oauthtoken", "user-dollar-doubled"],
    ["robot\\$acme", "user-dollar-doubled"],
    ["\\$oauthtoken", "user-dollar-doubled"],
    ["robot", "user-dollar-lost"],
    ["robot+ci", "user-dollar-lost"],
    ["oauthtoken", "user-dollar-lost"],
  ])("%s: %s", (user, code) => {
    expect(suspect(user, "pass-word").codes).toEqual([code]);
  });
});

test.each([
  ["robot$acme", "pass-word"],
  ["robot$project+ci", "pass$$word"],
  ["$oauthtoken", "nvapi-0123456789"],
  ["robots", "pass:word"],
  ["_json_key", JSON.stringify({ type: "service_account", private_key: "k" })],
  ["bob", "100%"],
  ["bob", "%%"],
  ["bob", "bearer"],
  ["bob", "a://"],
  ["bob", "!secretly"],
  ["bob", "https://user.example.com"],
  ["bob", Buffer.from("alice:pass-word").toString("base64")],
])("nothing is wrong with %s and %s", (user, password) => {
  expect(suspect(user, password).codes).toEqual([]);
});
