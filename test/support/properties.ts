import fc from "fast-check";

/** The start of every generated secret: no text of ours contains it, and a failure report can mask it. */
export const CORE = "Pl4nt3d";

/** Always the same inputs, so that a failure can be reproduced. */
const SEED = 20_260_101;

const OBJECT_KEYS = Reflect.ownKeys(Object.prototype);

/**
 * Checks that a property holds for a few hundred inputs, and that none of them reached the prototype of all objects.
 * @throws an Error with the smallest input that fails, its secrets masked
 */
export async function holds<T extends [unknown, ...unknown[]]>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  numRuns = 300,
): Promise<void> {
  const details = await fc.check(property as fc.IAsyncProperty<T>, { seed: SEED, numRuns });
  if (details.failed) {
    const { counterexample, counterexamplePath, errorInstance } = details;
    const text = `for ${fc.stringify(counterexample)} (path ${counterexamplePath}): ${String(errorInstance)}`;
    throw new Error(text.replaceAll(new RegExp(`${CORE}[^"'\`\\s]*`, "gi"), "***"));
  }
  if (Reflect.ownKeys(Object.prototype).length !== OBJECT_KEYS.length || "polluted" in {}) {
    throw new Error("the prototype of all objects was changed");
  }
}

/** A secret of eight characters or more, with any characters in it. */
export const secret = fc
  .string({
    unit: fc.oneof(fc.constantFrom(..."/:@%+=\"'\\ \n.-_?#&{}[]$aZ9"), fc.string({ unit: "grapheme" })),
    maxLength: 30,
  })
  .map((rest) => `${CORE}${rest}x`);

/** Texts that a parser might treat as more than a text. */
export const trap = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "polluted", "valueOf", "");

/** Any text, of any letters, and traps. */
export const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string(), trap);

/** Texts that are host names, or nearly so. */
export const hostLike = fc.oneof(
  text,
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc
    .array(
      fc.constantFrom(
        "ghcr.io",
        "docker.io",
        "localhost",
        "xn--",
        "a",
        "0x7f",
        "1",
        ":",
        "5000",
        ".",
        "-",
        "/v1/",
        "@",
        "https://",
        "K",
        " ",
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join("")),
);

/** JSON with traps among its keys, as `JSON.parse` makes them: properties of their own. */
export const json = fc
  .json({ stringUnit: "binary", maxDepth: 3 })
  .chain((inner) =>
    fc.constantFrom(inner, `{"__proto__":{"polluted":${inner}},"constructor":{"prototype":{"polluted":1}}}`),
  );
