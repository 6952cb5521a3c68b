import { contentFaults } from "./contents.ts";
import { diskFaults } from "./disk.ts";
import type { Fault } from "./fault.ts";
import { deviceFault, placeFaults } from "./places.ts";
import { modeFaults, rootFaults } from "./rights.ts";

/** Every fault of the file system that there is a way to make. Some can be made by root alone. */
export function allFaults(): Fault[] {
  return [...contentFaults(), ...placeFaults(), deviceFault(), ...modeFaults(), ...rootFaults(), ...diskFaults()];
}
