import { EMULATOR_IMAGE, ensureInstallImages } from "./install-images.ts";
import { run, tryRun } from "./shell.ts";

const NAME = "qemu-aarch64";
/** Where our container mounts the kernel's list of emulators, which is one list for the whole machine. */
const LIST = "/mnt";
/** What the mount needs; --privileged would be more than a confined engine can give. */
const MAY_MOUNT = ["--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined"];

/**
 * Makes sure that the engine runs images for arm64. If it does not, a container registers its emulator with Linux for
 * all containers, as long as it runs.
 * @param image an image for arm64, to try it with
 * @returns what unregisters the emulator, if it was registered here
 */
export async function ensureArm64(image: string): Promise<() => Promise<void>> {
  const runs = async () => (await tryRun("docker", ["run", "--rm", image, "true"])).exitCode === 0;
  if (await runs()) return async () => undefined;
  await ensureInstallImages(EMULATOR_IMAGE);
  const { stdout } = await run("docker", ["run", "--detach", "--init", ...MAY_MOUNT, EMULATOR_IMAGE, "sleep", "3600"]);
  const container = stdout.trim();
  const execute = (text: string) => run("docker", ["exec", container, "sh", "-c", text]);
  const stop = async () => {
    await execute(`echo -1 >${LIST}/${NAME}`).finally(() => run("docker", ["rm", "--force", container]));
  };
  try {
    await execute(`mount -t binfmt_misc none ${LIST} && cat /usr/lib/binfmt.d/${NAME}.conf >${LIST}/register`);
    if (await runs()) return stop;
  } catch (error) {
    await run("docker", ["rm", "--force", container]);
    throw error;
  }
  await stop();
  throw new Error("this machine's Linux does not run programs for arm64 with an emulator");
}
