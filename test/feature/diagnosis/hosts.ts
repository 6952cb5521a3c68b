import { FILES } from "./host-files.ts";
import { STORES } from "./host-stores.ts";
import type { HostMistake } from "./host-table.ts";

/** Mistakes on a machine outside of containers, each with the finding that names it. */
export const HOSTS: readonly HostMistake[] = [...STORES, ...FILES];
