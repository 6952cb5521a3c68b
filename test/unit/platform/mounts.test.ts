import { expect, test } from "vitest";
import { isMountedFromOutside } from "../../../src/platform/mounts.ts";

const PATH = "/home/vscode/.docker";

/** Lines of /proc/self/mountinfo, as these systems write them. */
const MOUNTS = [
  { name: "nothing", outside: false, line: "" },
  {
    name: "a folder of the machine",
    outside: true,
    line: `9 1 254:0 /home/jane/.docker ${PATH} rw - ext4 /dev/vda rw`,
  },
  {
    name: "a folder of a Mac, by Docker Desktop",
    outside: true,
    line: `9 1 0:52 /jane/.docker ${PATH} rw - fakeowner /run/host_mark/Users rw`,
  },
  {
    name: "a folder of Windows, by WSL",
    outside: true,
    line: `9 1 0:70 /Users/Jane/.docker ${PATH} rw - 9p C:\\134 rw`,
  },
  {
    name: "a volume of docker",
    outside: false,
    line: `9 1 254:0 /var/lib/docker/volumes/config/_data ${PATH} rw - ext4 /dev/vda rw`,
  },
  {
    name: "a volume of podman",
    outside: false,
    line: `9 1 254:0 /home/jane/.local/share/containers/storage/volumes/c/_data ${PATH} rw - ext4 /dev/vda rw`,
  },
  {
    name: "an emptyDir of Kubernetes",
    outside: false,
    line: `9 1 8:1 /var/lib/kubelet/pods/9a/volumes/kubernetes.io~empty-dir/docker ${PATH} rw - ext4 /dev/sda1 rw`,
  },
  { name: "a whole disk", outside: false, line: `9 1 8:16 / ${PATH} rw - ext4 /dev/sdb rw` },
  { name: "a tmpfs", outside: false, line: `9 1 0:60 / ${PATH} rw - tmpfs tmpfs rw` },
  {
    name: "the home folder, not the path itself",
    outside: false,
    line: "9 1 254:0 /home/jane /home/vscode rw - ext4 /dev/vda rw",
  },
  { name: "a path that begins like it", outside: false, line: `9 1 254:0 /x ${PATH}-other rw - ext4 /dev/vda rw` },
];

test.each(MOUNTS)("$name: $outside", ({ line, outside }) => {
  const root = "1 0 0:40 / / rw - overlay overlay rw";
  expect(isMountedFromOutside(PATH, `${root}\n${line}\n`)).toBe(outside);
});

test("a mount on top of another hides it", () => {
  const [bind, tmpfs] = [`9 1 254:0 /x ${PATH} rw - ext4 /dev/vda rw`, `10 9 0:60 / ${PATH} rw - tmpfs tmpfs rw`];
  expect(isMountedFromOutside(PATH, `${bind}\n${tmpfs}`)).toBe(false);
  expect(isMountedFromOutside(PATH, `${tmpfs}\n${bind}`)).toBe(true);
});

test("a path with a space is found", () => {
  expect(isMountedFromOutside("/home/a b/.docker", "9 1 254:0 /x /home/a\\040b/.docker rw - ext4 /dev/vda rw")).toBe(
    true,
  );
});
