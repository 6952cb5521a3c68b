import { expect, test } from "vitest";
import { diagnose } from "../../../support/doctor.ts";
import { getFor } from "../../../support/helper.ts";
import { ACR_HOST } from "../../../support/identity/azure.ts";
import { AZURE_KEYLESS, setUpAzure } from "../../../support/identity/setup.ts";
import { logIn, secrets } from "../../../support/temp-home.ts";

const REFRESH_USER = "00000000-0000-0000-0000-000000000000";

/** Logged in with secrets that the later shells do not have, on a machine without an identity. */
async function loggedIn() {
  const setup = await setUpAzure();
  const { azure, at } = setup;
  const admin = await logIn(at(0, { ...secrets("ACR", ACR_HOST, "admin", "admin-password") }), {
    ...AZURE_KEYLESS,
    verify: "false",
  });
  return { ...setup, azure, admin };
}

test("an entry whose secrets are not in this shell keeps the login that was made with them", async () => {
  const { at } = await loggedIn();
  const { registries } = await logIn(at(1), { ...AZURE_KEYLESS, verify: "false" });
  expect(registries).toMatchObject([
    {
      outcome: "unchanged",
      code: null,
      detail: "still logged in from an earlier run (this shell does not have its secrets)",
    },
  ]);
  expect(await getFor(at(1), ACR_HOST)).toMatchObject({ user: "admin", secret: "admin-password" });
});

test("the doctor only notes that the machine has no identity while a saved login is accepted", async () => {
  const { azure, at } = await setUpAzure();
  const env = {
    AZURE_TENANT_ID: "11111111-1111-4111-8111-111111111111",
    AZURE_CLIENT_ID: "22222222-2222-4222-8222-222222222222",
    AZURE_CLIENT_SECRET: "the-client-secret~value",
  };
  await logIn(at(0, env), AZURE_KEYLESS);
  const [token = ""] = azure.tokens;
  await logIn(at(0, secrets("ACR", ACR_HOST, REFRESH_USER, token)), { ...AZURE_KEYLESS, verify: "false" });
  const { wrong, notes } = await diagnose({ context: at(1), options: AZURE_KEYLESS });
  expect(wrong.filter((code) => /identity|login/.test(code))).toEqual([]);
  expect(notes).toContain("saved-login-accepted");
});

test("without any login the report says that the secrets are missing, before it says more", async () => {
  const { at } = await setUpAzure();
  const { registries, exitCode } = await logIn(at(0), AZURE_KEYLESS);
  expect(registries).toMatchObject([{ outcome: "failed", code: "azure-no-identity" }]);
  expect(registries[0]?.detail).toMatch(/^no secrets are set for ACR/);
  expect(registries[0]?.hint).toMatch(/^set ACR_CONTAINER_REGISTRY_USER/);
  expect(exitCode).toBe(0);
});
