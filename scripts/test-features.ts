import { resolve } from "node:path";
import { TOOLS_IMAGE } from "../test/support/images.ts";
import { startNodeMirror } from "../test/support/node-mirror.ts";
import { newUser, type Registry, startRegistry } from "../test/support/registry.ts";
import { type Ran, tryRun } from "../test/support/shell.ts";
import { COLLECTION_FOLDER, FEATURE_ID, isProgram, ROOT } from "./project.ts";
import { stage } from "./stage.ts";

/**
 * Runs `devcontainer features test` on the staged collection, next to a mirror of Node, and two private registries whose
 * secrets the scenarios take from this process's environment.
 * @param filter only scenarios whose name holds this text
 */
export async function testFeatures(filter?: string): Promise<Ran> {
  const basic = newUser("basic");
  const bearer = newUser("bearer");
  const registries: Registry[] = [];
  const mirror = await startNodeMirror();
  try {
    for (const auth of [basic, bearer]) registries.push(await startRegistry(auth));
    const args = ["features", "test", "--project-folder", COLLECTION_FOLDER, "--features", FEATURE_ID];
    const env = {
      TEST_NODE_MIRROR: mirror.url,
      TEST_BASIC_SERVER: registries[0]?.host,
      TEST_BASIC_PASSWORD: basic.password,
      TEST_BEARER_SERVER: registries[1]?.host,
      TEST_BEARER_PASSWORD: bearer.password,
    };
    const only = filter === undefined ? [] : ["--filter", filter];
    return await tryRun(
      resolve(ROOT, "node_modules/.bin/devcontainer"),
      [...args, "--base-image", TOOLS_IMAGE, ...only],
      { env },
    );
  } finally {
    for (const registry of registries) await registry.stop();
    await mirror.close();
  }
}

if (isProgram(import.meta.url)) {
  const { default: setUp } = await import("../test/support/container-setup.ts");
  await stage();
  const tearDown = await setUp();
  const { output, exitCode } = await testFeatures(process.argv[2]).finally(tearDown);
  console.log(output);
  process.exitCode = exitCode;
}
