import { basename } from "node:path";

// The program in one file, with its Node in it: it is the command line, and under the other name the credential helper.
const [, name = ""] = process.argv;
if (/^docker-credential-registry-login(?:\.exe)?$/i.test(basename(name)))
  process.argv.splice(2, 0, "credential-helper");
import("./host.ts");
