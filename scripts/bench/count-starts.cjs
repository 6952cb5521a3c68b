// Loaded into a Node program: writes one line into the file COUNTED_STARTS for itself, and one for each program that it starts.
const { appendFileSync } = require("node:fs");
const childProcess = require("node:child_process");

const count = () => appendFileSync(process.env.COUNTED_STARTS, "start\n");
count();
for (const [holder, name] of [
  [childProcess.ChildProcess.prototype, "spawn"],
  [childProcess, "spawnSync"],
  [childProcess, "execFileSync"],
  [childProcess, "execSync"],
]) {
  const real = holder[name];
  holder[name] = function (...args) {
    count();
    return real.apply(this, args);
  };
}
