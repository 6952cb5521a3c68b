import { expect, test } from "vitest";
import { AZURE_SOURCES } from "../../support/identity/azure-sources.ts";
import { GOOGLE_SOURCES } from "../../support/identity/google-sources.ts";
import { type PlainRequest, plainRequest } from "../../support/identity/normalize.ts";
import { observeRequests } from "../../support/identity/requests.ts";
import { AZURE_KEYLESS, GOOGLE_KEYLESS, setUpAzure, setUpGoogle } from "../../support/identity/setup.ts";
import { logIn } from "../../support/temp-home.ts";
import { readVectors } from "../../support/vectors.ts";

interface Case {
  readonly cloud: "google" | "azure";
  readonly source: string;
  /** Those of the official library. */
  readonly requests: readonly PlainRequest[];
  /** Where ours are different: which they are, and why. */
  readonly ours?: { readonly why: string; readonly requests: readonly PlainRequest[] };
}

const { cases } = readVectors<{ readonly cases: readonly Case[] }>("official-requests");

/** The requests of a login with this source, up to the token of the cloud. */
async function requestsOf({ cloud, source }: Case): Promise<PlainRequest[]> {
  const observed = observeRequests();
  const verify = { verify: "false" };
  if (cloud === "google") {
    const setup = await setUpGoogle();
    const env = (await GOOGLE_SOURCES[source]?.prepare(setup)) ?? {};
    await logIn(setup.at(0, env), { ...GOOGLE_KEYLESS, ...verify });
    return observed.map((request) => plainRequest(request, { [setup.metadata.host]: "metadata" }));
  }
  const setup = await setUpAzure();
  const env = (await AZURE_SOURCES[source]?.prepare(setup)) ?? {};
  await logIn(setup.at(0, env), { ...AZURE_KEYLESS, ...verify });
  const isOfRegistry = ({ address }: PlainRequest): boolean => address.startsWith("mycompany.azurecr.io/");
  return observed.map((request) => plainRequest(request)).filter((request) => !isOfRegistry(request));
}

test.each(cases)("$cloud: $source is asked as by the official library", async (row) => {
  expect(await requestsOf(row)).toEqual(row.ours?.requests ?? row.requests);
});
