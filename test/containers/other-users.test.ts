import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TOOLS_IMAGE } from "../support/images.ts";
import { findLeaks, formsOf } from "../support/leaks.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";

// Two containers and this machine share one /dev/shm, and vscode is not the only user who can reach it.
const PASSWORD = "planted-where-others-look-0815";
const LOGIN = {
  A_CONTAINER_REGISTRY_SERVER: "registry.example.com",
  A_CONTAINER_REGISTRY_USER: "bob",
  A_CONTAINER_REGISTRY_PASSWORD: PASSWORD,
  HOME: "/home/vscode",
};
const GET = "printf registry.example.com | docker-credential-registry-login get";

let container: PlainContainer;
let otherContainer: PlainContainer;
let vault: string;

const me = (command: string, env = {}) =>
  container.sh(command, { user: "vscode", env: { HOME: "/home/vscode", ...env } });
/** Another user of the same machine, with root's rights taken away. */
const other = (command: string) => otherContainer.sh(command, { user: "4711:4711" });
const logIn = () => me("registry-login --no-verify", LOGIN);
const readVault = async () =>
  (await me('sed -n \'s/.*"memory": "\\(.*\\)".*/\\1/p\' ~/.local/state/registry-login/state.json')).stdout.trim();

beforeAll(async () => {
  container = await startPlainContainer(TOOLS_IMAGE, { runArgs: ["--ipc=host"] });
  otherContainer = await startPlainContainer(TOOLS_IMAGE, { runArgs: ["--ipc=host"] });
  expect((await container.install()).exitCode).toBe(0);
  expect((await logIn()).output).toContain("registry.example.com");
  vault = await readVault();
});

afterAll(async () => {
  await container?.sh(`rm -rf ${vault}`);
  await container?.remove();
  await otherContainer?.remove();
});

test("the vault is in the shared folder", async () => {
  expect(vault).toMatch(/^\/dev\/shm\/registry-login-[0-9a-f]{16}$/);
  expect((await other(`stat -c '%u %a' ${vault}`)).stdout).toBe("1000 700\n");
  expect(JSON.parse((await me(GET)).stdout).Secret).toBe(PASSWORD);
});

test.each([
  ["read it", "cat $V/discovered/registry.example.com.json; ls -R $V; cat $V/answers/*"],
  ["list what is logged in", "find $V/ -type f"],
  ["write into it", "echo x >$V/discovered/registry.example.com.json; mkdir $V/stored"],
  ["move it away and put another one there", "mv $V $V.old; mkdir -m 777 $V; ln -sfT /tmp $V"],
  ["take it away", "rm -rf $V; rmdir $V"],
  ["open it up", "chmod -R 777 $V; chown -R 4711 $V"],
])("another user cannot %s", async (_, command) => {
  const tried = await other(`V=${vault}; ${command}`);
  expect(tried.exitCode).not.toBe(0);
  expect(findLeaks(tried.output, formsOf("bob", PASSWORD))).toEqual([]);
  expect((await me(`find ${vault} -printf '%U %m %y\\n' | sort -u`)).stdout).toBe(
    "1000 1700 d\n1000 600 f\n1000 700 d\n",
  );
  expect(JSON.parse((await me(GET)).stdout).Secret).toBe(PASSWORD);
});

// After a restart the name in our bookkeeping is free: another user knows it, if he looked before.
describe.each([
  ["an open folder", "mkdir -m 777 $V && mkdir -m 777 $V/stored $V/discovered $V/answers"],
  ["a folder of his own, closed", "mkdir -m 700 $V"],
  ["a link to a folder of his", "mkdir -m 777 /dev/shm/registry-login-trap && ln -s registry-login-trap $V"],
  ["a link to a folder of ours", "ln -s /home/vscode/own $V"],
  ["a link to nothing", "ln -s /home/vscode/nothing $V"],
])("when another user created %s at the vault's path,", (_, trap) => {
  test("nothing is written there and nothing is read from there", async () => {
    await me("mkdir -p -m 700 ~/own");
    await container.sh(`rm -rf ${vault}`);
    const answer = '{"ServerURL":"registry.example.com","Username":"eve","Secret":"trap"}';
    const laid = await other(
      `V=${vault}; ${trap} && { for f in stored answers; do echo '${answer}' >$V/$f/registry.example.com; touch -d 2037-01-01 $V/$f/*; done 2>/dev/null; true; }`,
    );
    expect(laid.output).toBe("");
    expect((await me(GET)).output).not.toContain("trap");
    const said = await logIn();
    expect(said.output).toContain("registry.example.com");
    expect(JSON.parse((await me(GET)).stdout)).toMatchObject({ Username: "bob", Secret: PASSWORD });
    const places = `${vault}/ /dev/shm/registry-login-trap /home/vscode/own /home/vscode/nothing`;
    expect((await container.sh(`grep -rlF ${PASSWORD} ${places} 2>/dev/null`)).stdout).toBe("");
    expect((await container.sh("ls -A /home/vscode/own; ls -d /home/vscode/nothing")).stdout).toBe("");
    await container.sh(`rm -rf ${vault} /dev/shm/registry-login-trap`);
    vault = await readVault();
  });
});
