// Loaded into an agent before it starts: ends it as SIGKILL does, at one of its calls that change a file or start a program.
// TORTURE_DIE_AT=N: before the Nth, counted from 1; a call that writes counts twice, since it can end in its middle.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const at = Number(process.env.TORTURE_DIE_AT);
let calls = 0;

const die = () => process.kill(process.pid, "SIGKILL");
const count = () => {
  calls += 1;
  if (calls === at) die();
};

const names = ["openSync", "closeSync", "renameSync", "rmSync", "mkdirSync", "chmodSync", "fchmodSync", "fsyncSync"];
for (const name of [...names, "ftruncateSync", "symlinkSync", "linkSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    // To open a file for reading changes nothing.
    if (name !== "openSync" || /[wa+]/.test(String(args[1] ?? "r"))) count();
    return real(...args);
  };
}

const { writeFileSync, writeSync } = fs;
fs.writeFileSync = (target, text, options) => {
  count();
  const bytes = Buffer.from(text);
  const half = bytes.subarray(0, bytes.length / 2);
  if (calls + 1 === at) writeFileSync(target, half, options);
  count();
  return writeFileSync(target, text, options);
};
fs.writeSync = (handle, bytes, offset, length, position) => {
  count();
  return writeSync(handle, bytes, offset, length, position);
};
const childProcess = require("node:child_process");
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  count();
  const child = spawn(...args);
  // Before it has its input, and after it has ended.
  count();
  child.on("close", count);
  return child;
};
syncBuiltinESMExports();
process.on("exit", () => {
  if (process.env.TORTURE_COUNT !== undefined) writeFileSync(process.env.TORTURE_COUNT, String(calls));
});
