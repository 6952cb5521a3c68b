import { contentFaults } from "./contents.ts";
import { diskFaults } from "./disk.ts";
import type { Fault } from "./fault.ts";
import { deviceFault, fileTypeFaults } from "./file-types.ts";
import { modeFaults, rootFaults } from "./permissions.ts";

/** Every fault of the file system that the tests can make. */
export function allFaults(): Fault[] {
  const byRoot = [deviceFault(), ...rootFaults(), ...diskFaults()].map((fault) => ({
    ...fault,
    byRoot: true as const,
  }));
  return [...contentFaults(), ...fileTypeFaults(), ...modeFaults(), ...byRoot];
}
