import { run, tryRun } from "../test/support/shell.ts";
import { PROCESSOR, rowFor, tryImage } from "../test/support/try-image.ts";
import { stage } from "./stage.ts";
import { type Row, saveRows } from "./support.ts";

// Installs the Feature in public images and logs in there: in those that are named, or in all of the list. Needs an
// engine that can pull them; .github/workflows/images.yml runs it on both processors.

const DEVCONTAINERS = "mcr.microsoft.com/devcontainers";

const PUBLIC_IMAGES: readonly string[] = [
  "debian:bullseye-slim",
  "debian:bookworm-slim",
  "debian:trixie-slim",
  "ubuntu:20.04",
  "ubuntu:22.04",
  "ubuntu:24.04",
  "alpine:3.19",
  "alpine:3.22",
  "fedora:42",
  "rockylinux/rockylinux:8",
  "rockylinux/rockylinux:9",
  "rockylinux/rockylinux:9-minimal",
  "redhat/ubi9",
  "redhat/ubi9-minimal",
  "mcr.microsoft.com/azurelinux/base/core:3.0",
  "opensuse/leap:15.6",
  "opensuse/tumbleweed",
  // Arch has no image for arm64.
  ...(process.arch === "x64" ? ["archlinux:latest"] : []),
  "node:18-alpine",
  "node:22-alpine",
  "node:18-bookworm-slim",
  `${DEVCONTAINERS}/base:bookworm`,
  `${DEVCONTAINERS}/base:ubuntu`,
  `${DEVCONTAINERS}/base:alpine`,
  `${DEVCONTAINERS}/javascript-node:22`,
  `${DEVCONTAINERS}/python:3`,
  `${DEVCONTAINERS}/go:1`,
];

await stage();
const named = process.argv.slice(2);
const rows: Row[] = [];
for (const image of named.length > 0 ? named : PUBLIC_IMAGES) {
  const here = (await tryRun("docker", ["image", "inspect", image])).exitCode === 0;
  try {
    if (!here) await run("docker", ["pull", "-q", image]);
    const tried = await tryImage(image);
    const row = rowFor(image, tried);
    rows.push(row);
    console.log(`ok      ${image}: ${row["the agent's Node"]}, ${(tried.size / 1e6).toFixed(1)} MB`);
    for (const line of tried.foreign) console.log(`        ${line}`);
  } catch (error) {
    console.log(`FAILED  ${image}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    if (!here) await tryRun("docker", ["rmi", image]);
  }
}
if (named.length === 0) saveRows(`public images ${PROCESSOR}`, rows);
