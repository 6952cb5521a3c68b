import { describe, expect, test } from "vitest";
import { diagnose } from "../../support/doctor.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { CLIENTS } from "./clients.ts";
import { ENGINE } from "./engine.ts";
import { IMAGES } from "./images.ts";
import { NETWORK } from "./network.ts";
import { REGISTRIES } from "./registries.ts";
import { SECRETS } from "./secrets.ts";
import { type Mistake, PASSWORD } from "./table.ts";

const TABLE: Readonly<Record<string, readonly Mistake[]>> = {
  "the secrets and options": SECRETS,
  "the network": NETWORK,
  "the registry": REGISTRIES,
  "an image": IMAGES,
  "docker's engine": ENGINE,
  "the clients": CLIENTS,
};

describe.each(Object.entries(TABLE))("a mistake in %s", (_, mistakes) => {
  test.each(mistakes)("$name: $code", async ({ code, leadsTo = [], arrange }) => {
    const situation = await arrange();
    const { wrong, text, json, exitCode } = await diagnose(situation);
    expect(wrong).toEqual([code, leadsTo].flat());
    expect(exitCode).toBe(1);
    // Under what is wrong stands what to do about it.
    expect(text).toMatch(new RegExp(`error .*\\[${code}\\]\\n +-> \\S`));
    expect(leakedPieces(text + json, PASSWORD)).toEqual([]);
  });
});

test("each mistake has its own code", () => {
  const codes = Object.values(TABLE).flatMap((mistakes) => mistakes.map(({ code }) => code));
  expect(codes).toEqual([...new Set(codes)]);
  expect(codes.length).toBeGreaterThanOrEqual(40);
});
