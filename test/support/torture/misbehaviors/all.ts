import { answers } from "./answers.ts";
import { connections } from "./connections.ts";
import { acceptLogin, http, type Misbehavior } from "./misbehavior.ts";

/** All of them, and a registry that works. */
export function allMisbehaviors(): Misbehavior[] {
  return [http("works", null, acceptLogin), ...connections(), ...answers()];
}
