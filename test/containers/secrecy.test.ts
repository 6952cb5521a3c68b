import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { findLeaks, findLeaksInOutput, formsOf, type Watched, watchArguments } from "../support/leaks.ts";
import { PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";
import { run } from "../support/shell.ts";

const password = randomBytes(20).toString("hex");
// A secret of several lines, as a Google key is one; its registry is out of reach, so it is kept unasked.
const jsonKey = JSON.stringify({ type: "service_account", private_key: randomBytes(40).toString("base64") }, null, 2);
const forms = [...formsOf("basic-user", password), ...formsOf("_json_key", jsonKey)].filter(
  (form) => !form.includes("service_account") || form.includes("private_key"),
);

let registry: Registry;
let container: DevContainer;
let watched: Watched;
let secrets: Record<string, string>;

beforeAll(async () => {
  registry = await startRegistry({ kind: "basic", user: "basic-user", password });
  secrets = secretsFor("BASIC", registry, { user: "basic-user", password });
  const watch = watchArguments(forms);
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      // An option of its own, so that the engine builds the layer anew and the log shows it.
      features: { [LOCAL_FEATURE]: { registries: `UNUSED_${randomBytes(4).toString("hex")}=ghcr.io` } },
      runArgs: ["--network=host", "--cap-add=SYS_PTRACE"],
    },
    secrets: {
      ...secrets,
      ...secretsFor("KEY", { host: "localhost:1" }, { user: "_json_key", password: jsonKey }),
    },
  });
  await container.sh(`skopeo inspect --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`);
  watched = watch.stop();
});

afterAll(async () => {
  await container?.remove();
  await registry?.stop();
});

test("both secrets were really in use", async () => {
  for (const [host, secret] of [
    [registry.host, password],
    ["localhost:1", jsonKey],
  ] as const) {
    const { stdout } = await container.sh(`printf %s ${host} | docker-credential-registry-login get`);
    expect(JSON.parse(stdout).Secret).toBe(secret);
  }
});

test("the image's layers contain no secret", async () => {
  expect(await findLeaksInOutput("docker", ["save", container.image], forms)).toEqual([]);
});

test("the container's file system contains no secret", async () => {
  expect(await findLeaksInOutput("docker", ["export", container.id], forms)).toEqual([]);
});

test("an image made of the logged-in container contains no secret", async () => {
  const image = `registry-login-test/committed:${randomBytes(4).toString("hex")}`;
  await run("docker", ["commit", container.id, image]);
  try {
    expect(await findLeaksInOutput("docker", ["save", image], forms)).toEqual([]);
  } finally {
    await run("docker", ["rmi", image]);
  }
});

// What `docker export` leaves out: mounted file systems, /dev/shm and /tmp among them where they are tmpfs.
test("in the whole container only files in the vault contain a secret, and nobody else can read them", async () => {
  const vault = (await container.sh("ls -d /dev/shm/registry-login-*")).stdout.trim();
  // grep searches for each line separately.
  const list = [...forms.filter((form) => !form.includes("\n")), JSON.parse(jsonKey).private_key].join("\n");
  const search = "find / -xdev -type f; find /dev/shm /tmp /var/tmp /run -type f";
  const { stdout } = await run(
    "docker",
    [
      "exec",
      "-i",
      container.id,
      "sh",
      "-c",
      `cat >/dev/shm/forms; { ${search}; } | sort -u | tr '\\n' '\\0' | xargs -0 grep -slFf /dev/shm/forms | grep -v ^/dev/shm/forms$; rm /dev/shm/forms`,
    ],
    { input: `${list}\n` },
  );
  const files = stdout.trim().split("\n");
  expect(files.length).toBeGreaterThan(1);
  expect(files.filter((file) => !file.startsWith(`${vault}/`))).toEqual([]);
  const { stdout: modes } = await container.sh(`find ${vault} -printf '%m %y\n' | sort -u`);
  expect(modes).toBe("1700 d\n600 f\n700 d\n");
});

test("no process that keeps running has a secret in its environment, and no temporary file is left", async () => {
  const look = "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ; done 2>/dev/null";
  const { stdout } = await run("docker", ["exec", "-u", "root", container.id, "sh", "-c", look]);
  expect(stdout).toContain("PATH=");
  expect(findLeaks(stdout, forms)).toEqual([]);
  expect((await container.sh("ls -A /tmp /var/tmp | grep -i registry-login")).stdout).toBe("");
});

test("a crash of the agent leaves no core file even though the shell allows one", async () => {
  const crash = "cd /dev/shm && ulimit -c unlimited && echo $(ulimit -c)";
  const helper = "/usr/local/bin/docker-credential-registry-login store";
  // It waits for its input, so that there is time to hit it.
  const { stdout } = await container.sh(
    `${crash}; sleep 5 | sh -c 'echo $$ >/dev/shm/pid; exec ${helper}' & sleep 1; grep "core file" /proc/$(cat /dev/shm/pid)/limits; kill -SEGV $(cat /dev/shm/pid); wait; ls -A /dev/shm | grep -i core; rm /dev/shm/pid`,
  );
  expect(stdout).toMatch(/^unlimited\nMax core file size +0 +0 +bytes *\n$/);
});

test("the logs of the build and the hooks contain no secret", () => {
  expect(container.log).toContain("registry-login: installed");
  expect(container.log).toMatch(/KEY +not checked/);
  expect(findLeaks(container.log, forms)).toEqual([]);
});

test("the hook's own output contains no secret, even before the dev container CLI masks it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-env-"));
  const file = join(folder, "env");
  writeFileSync(
    file,
    Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  for (const command of ["login", "login --json", "plan", "plan --json"]) {
    const args = ["exec", "--env-file", file, container.id, "/usr/local/bin/registry-login", ...command.split(" ")];
    const { output } = await run("docker", args);
    expect(output).toContain(registry.host);
    expect(findLeaks(output, forms)).toEqual([]);
  }
  rmSync(folder, { recursive: true });
});

test("no process in a container had a secret in its arguments while the container started", () => {
  expect(watched.looks).toBeGreaterThan(10);
  expect(watched.inContainers).toEqual([]);
});

test("outside of containers only the dev container CLI's `docker exec --env` had one", () => {
  expect(watched.outside.filter((program) => program !== "docker")).toEqual([]);
});

test("no program that a login or a pull starts gets a secret as an argument", async () => {
  const file = "/tmp/exec.trace";
  const trace = `strace -f -s 100000 -e trace=execve,execveat -o ${file}`;
  const login = await run(
    "docker",
    ["exec", "-i", container.id, "sh", "-c", `set -a; . /dev/stdin; ${trace} registry-login`],
    {
      input: Object.entries(secrets)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(""),
    },
  );
  expect(login.output).toMatch(/BASIC +unchanged/);
  const { stdout: loginTrace } = await container.sh(`cat ${file}`);
  await container.sh(`${trace} skopeo inspect --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`);
  const { stdout: pullTrace } = await container.sh(`cat ${file}`);
  expect(loginTrace).toContain("main.cjs");
  expect(pullTrace).toContain("docker-credential-registry-login");
  expect(findLeaks(loginTrace + pullTrace, forms)).toEqual([]);
});
