import { answers } from "./answers.ts";
import { connections } from "./connections.ts";
import { http, type Misbehavior, takeLogin } from "./misbehavior.ts";

/** All of them, and one that does well. */
export function allMisbehaviors(): Misbehavior[] {
  return [http("does well", null, takeLogin), ...connections(), ...answers()];
}
