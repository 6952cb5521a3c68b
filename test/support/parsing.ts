import { UserError } from "../../src/findings/user-error.ts";
import { parseRegistry, type Registry } from "../../src/registries/registry.ts";

/** The registry of a SERVER text, or the error that a person sees. */
export function tryRegistry(text: string): Registry | UserError {
  try {
    return parseRegistry(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The kind of a SERVER text; null if it is rejected. */
export function kindOf(text: string): Registry["kind"] | null {
  const registry = tryRegistry(text);
  return registry instanceof UserError ? null : registry.kind;
}
