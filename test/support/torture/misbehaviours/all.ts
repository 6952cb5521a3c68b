import { answers } from "./answers.ts";
import { connections } from "./connections.ts";
import { http, type Misbehaviour, takeLogin } from "./misbehaviour.ts";

/** All of them, and one that does well. */
export function allMisbehaviours(): Misbehaviour[] {
  return [http("does well", null, takeLogin), ...connections(), ...answers()];
}
