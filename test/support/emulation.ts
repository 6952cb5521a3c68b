import { EMULATOR_IMAGE, ensureInstallImages } from "./install-images.ts";
import { run, tryRun } from "./shell.ts";

const NAME = "qemu-aarch64";
/** Where our container has the kernel's list of emulators; it is one list for the whole machine. */
const LIST = "/mnt";
/** What it takes to mount that, and less than --privileged, which an engine that is itself confined cannot give. */
const MAY_MOUNT = ["--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined"];

/**
 * Makes sure that the engine runs images for arm64. Where it does not yet, a container tells Linux to run their programs
 * with the emulator that it brings, in every container, as long as this one is there.
 * @param image one for arm64, to see whether it runs
 * @returns what takes the emulator away again, if it was registered here
 */
export async function ensureArm64(image: string): Promise<() => Promise<void>> {
  const runs = async () => (await tryRun("docker", ["run", "--rm", image, "true"])).exitCode === 0;
  if (await runs()) return async () => undefined;
  await ensureInstallImages(EMULATOR_IMAGE);
  const { stdout } = await run("docker", ["run", "--detach", "--init", ...MAY_MOUNT, EMULATOR_IMAGE, "sleep", "3600"]);
  const container = stdout.trim();
  const tell = (text: string) => run("docker", ["exec", container, "sh", "-c", text]);
  const stop = async () => {
    await tell(`echo -1 >${LIST}/${NAME}`).finally(() => run("docker", ["rm", "--force", container]));
  };
  try {
    await tell(`mount -t binfmt_misc none ${LIST} && cat /usr/lib/binfmt.d/${NAME}.conf >${LIST}/register`);
    if (await runs()) return stop;
  } catch (error) {
    await run("docker", ["rm", "--force", container]);
    throw error;
  }
  await stop();
  throw new Error("this machine's Linux does not run programs for arm64 with an emulator");
}
