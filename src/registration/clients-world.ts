import type { StorePrograms } from "../clients/native/store-program.ts";
import type { Environment } from "../platform/environment.ts";
import type { LockWait } from "../platform/shared-file.ts";

/** What an edit of clients' files takes from the world. */
export interface ClientsWorld {
  readonly env: Environment;
  /** How long other processes that edit the same files may be waited for. */
  readonly lockWait: LockWait;
  readonly platform: NodeJS.Platform;
  /** The credential stores of the machine. */
  readonly stores: StorePrograms;
  /** Whether the engine is podman, so that its file is written although no variable names it. */
  readonly isPodman: boolean;
  /**
   * Whether this is a person's own machine. There, docker has to find its default store later, too, which it does not look for
   * once there is an entry of our helper.
   */
  readonly isHost: boolean;
}
