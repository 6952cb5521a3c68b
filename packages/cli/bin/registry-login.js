#!/usr/bin/env node
var nodeModule = require("module");
// Both commands of the package are this one file (docs/decisions/012-npm-package.md), and their arguments tell them apart:
// these are what clients call the credential helper with. Every Node parses this file, so that an old one says what is wrong.
var isHelper = process.argv.length === 3 && /^(?:get|store|erase|list|version)$/.test(process.argv[2]);

if (parseInt(process.versions.node, 10) < 20) {
  console.error(
    "registry-login: needs Node 20 or newer, but %s is %s; install a newer Node",
    process.execPath,
    process.version
  );
  // Any other error of the helper would stop clients that want a public image, too.
  if (isHelper) process.stdout.write("credentials not found in native keychain\n");
  // A hook that fails keeps the dev container from starting: only with --strict.
  process.exitCode = process.argv.indexOf("--if-changed") === -1 || process.argv.indexOf("--strict") !== -1 ? 1 : 0;
} else {
  // Compiled code is stored next to the program, where that is possible (Node 22 has it): its start takes a third less time.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache(require("node:path").join(__dirname, "..", "cache"));
  if (isHelper) {
    // The same as `registry-login credential-helper`, which starts faster this way.
    process.argv.splice(1, 1, __filename, "credential-helper");
    require("../agent/host-helper.cjs");
  } else {
    require("../agent/host.cjs");
  }
}
