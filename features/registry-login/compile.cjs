// Lays V8's code for the credential helper beside it, so that it starts in half the time: node compile.cjs FOLDER has the
// agent renew a token, at an AWS that this script plays, and keeps the code of all that this took. V8's code is for one
// Node and one processor, so it is made where it is used.
const { execFile } = require("node:child_process");
const { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const [, , folder, renewing] = process.argv;
const main = join(folder, "main.cjs");

if (renewing === undefined) play();
else renew();

/** Logs in with a token that is over at once, and asks for another. */
async function play() {
  const home = mkdtempSync(join(tmpdir(), "registry-login-"));
  const data = [{ authorizationToken: Buffer.from("AWS:none").toString("base64"), expiresAt: 0 }];
  const aws = createServer((_, response) => response.end(JSON.stringify({ authorizationData: data })));
  await new Promise((resolve) => aws.listen(0, "127.0.0.1", resolve));
  const env = {
    HOME: home,
    AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${aws.address().port}`,
    ECR_CONTAINER_REGISTRY_SERVER: HOST,
    ECR_CONTAINER_REGISTRY_USER: "AKIAIOSFODNN7EXAMPLE",
    ECR_CONTAINER_REGISTRY_PASSWORD: "none",
  };
  await run([main, "login", "--no-verify"], env);
  await run([__filename, folder, "renewing"], env);
  await run([main, "logout", "--all"], env);
  rmSync(home, { recursive: true, force: true });
  aws.close();
}

function run(args, env) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, resolve).stdin.end(HOST);
  });
}

/** Is the agent, and keeps the code of the scripts that it has run. */
function renew() {
  process.argv = [process.execPath, main, "credential-helper", "get"];
  process.on("exit", () => {
    const { scripts, codeFile } = require(main);
    for (const [name, script] of scripts) {
      // Whole or not at all: V8 does not check it.
      const draft = openSync(join(folder, "draft"), "w");
      writeFileSync(draft, script.createCachedData());
      fsyncSync(draft);
      closeSync(draft);
      renameSync(join(folder, "draft"), codeFile(name));
    }
  });
  require(main);
}
