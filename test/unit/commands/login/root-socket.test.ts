import { chmodSync, chownSync, existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { type Offer, offer, readSocketPath, takeOffer } from "../../../../src/commands/login/root-socket.ts";
import { makeHome, tempFolder } from "../../../support/temp-home.ts";

const TEXT = JSON.stringify({ SECRET: "pässwörd".repeat(50_000) });
const ME = process.getuid?.() ?? 0;

async function offering(folders: readonly string[]): Promise<Offer> {
  const offered = await offer(TEXT, folders);
  onTestFinished(() => offered.close());
  return offered;
}

test("what is offered can be read, and is in no file", async () => {
  const { memory } = makeHome();
  const { path, taken, close } = await offering([memory]);
  expect(dirname(dirname(path))).toBe(memory);
  expect([statSync(dirname(path)).mode & 0o777, statSync(path).isSocket()]).toEqual([0o700, true]);
  expect(await takeOffer(path, ME)).toBe(TEXT);
  await taken;
  close();
  expect(readdirSync(memory)).toEqual([]);
});

test("a folder in which others could exchange the socket is passed over", async () => {
  const [open, closed] = [tempFolder(), tempFolder()];
  chmodSync(open, 0o777);
  const { path } = await offering(["/nonexistent", open, closed]);
  expect(dirname(dirname(path))).toBe(closed);
  expect(readdirSync(open)).toEqual([]);
});

test("a file, a folder, nothing, or a socket of another user is not opened", async () => {
  const folder = tempFolder();
  const file = join(folder, "file");
  writeFileSync(file, TEXT);
  const { path } = await offering([folder]);
  for (const [each, uid] of [
    [file, ME],
    [folder, ME],
    [join(folder, "none"), ME],
    [path, ME + 1],
  ] as const) {
    await expect(takeOffer(each, uid)).rejects.toMatchObject({ code: "usage" });
  }
  if (ME === 0) chownSync(path, 12_345, 12_345);
  await expect(takeOffer(path, ME === 0 ? 0 : ME + 1)).rejects.toMatchObject({ code: "usage" });
});

test("a socket that sends without end is given up, and nothing of it is repeated", async () => {
  const path = join(tempFolder(), "socket");
  const server = createServer((socket) => {
    const more = (): unknown => !socket.destroyed && socket.write("planted".repeat(10_000), more);
    socket.on("error", () => undefined);
    more();
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
  await expect(takeOffer(path, ME)).rejects.toThrow(/^stdin names no socket of the user who ran sudo$/);
});

test("an input that is no path is given up, however long it is, and nothing of it is repeated", async () => {
  expect(await readSocketPath(Readable.from([Buffer.from("/tmp/"), Buffer.from("socket\n")]))).toBe("/tmp/socket");
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.from("planted".repeat(1000));
    })(),
  );
  await expect(readSocketPath(endless)).rejects.toThrow(/^stdin names no socket of the user who ran sudo$/);
});

test("a symlink to a socket is not opened, and nothing connects to it", async () => {
  const { path, taken } = await offering([tempFolder()]);
  const link = join(tempFolder(), "link");
  symlinkSync(path, link);
  await expect(takeOffer(link, ME)).rejects.toMatchObject({ code: "usage" });
  expect(await Promise.race([taken.then(() => "read"), Promise.resolve("unread")])).toBe("unread");
});

test("two readers get the same", async () => {
  const { path } = await offering([tempFolder()]);
  expect(existsSync(path)).toBe(true);
  expect(await Promise.all([takeOffer(path, ME), takeOffer(path, ME)])).toEqual([TEXT, TEXT]);
});
