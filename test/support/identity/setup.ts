import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../../src/context.ts";
import { makeHome, type TempHome } from "../temp-home.ts";
import { ACR_HOST, type Azure, createAzure } from "./azure.ts";
import { createDockerHub, type DockerHub } from "./docker-hub.ts";
import { createGoogle, GOOGLE_HOST, type Google } from "./google.ts";
import { type LocalService, startClouds, startLocalService } from "./requests.ts";

const MINUTE_MS = 60_000;

/** The options that request the machine's own identity, and nothing else. */
export const GOOGLE_KEYLESS = { registries: `G=${GOOGLE_HOST}`, timeout: "5" };
export const AZURE_KEYLESS = { registries: `ACR=${ACR_HOST}`, timeout: "5" };

/** A home folder, and a cloud that its requests lead to; both end with the test. */
interface Setup {
  readonly home: TempHome;
  /** The variables with which every host of the cloud is reached. */
  readonly network: Readonly<Record<string, string>>;
  /** Writes a file into the home folder. @returns its absolute path */
  file(name: string, content: string): string;
  /** A context whose clock, like the cloud's, is this many minutes ahead. */
  at(minutes: number, env?: Readonly<Record<string, string>>): Context;
}

export interface GoogleSetup extends Setup {
  readonly google: Google;
  readonly metadata: LocalService;
}

export interface AzureSetup extends Setup {
  readonly azure: Azure;
}

/** No metadata service, for those that do not need one. */
const NO_METADATA = { METADATA_SERVER_DETECTION: "none" };

export async function setUpGoogle(): Promise<GoogleSetup> {
  const google = createGoogle();
  const metadata = await startLocalService(
    (request) => google.metadata(request),
    () => google.now(),
  );
  const network = await startClouds(google);
  return { google, metadata, ...makeSetup(network, google, NO_METADATA) };
}

export async function setUpAzure(azure = createAzure()): Promise<AzureSetup> {
  const network = await startClouds(azure);
  // Nothing listens there: the real address would answer on a machine of a cloud.
  const nothing = { AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:9" };
  return { azure, ...makeSetup(network, azure, nothing) };
}

function makeSetup(network: Record<string, string>, cloud: { now: () => number }, own: Record<string, string>): Setup {
  const home = makeHome();
  return {
    home,
    network,
    file: (name, content) => {
      const path = join(home.folder, name);
      writeFileSync(path, content);
      return path;
    },
    at: (minutes, env = {}) => {
      const now = () => Date.now() + minutes * MINUTE_MS;
      cloud.now = now;
      return { ...home.context({ ...network, ...own, ...env }), now };
    },
  };
}

export interface HubSetup extends Setup {
  readonly hub: DockerHub;
}

export async function setUpDockerHub(): Promise<HubSetup> {
  const hub = createDockerHub();
  return { hub, ...makeSetup(await startClouds(hub), hub, {}) };
}
