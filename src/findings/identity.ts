import { azureIdentity } from "./identity-azure.ts";
import { googleIdentity } from "./identity-google.ts";

/**
 * Why the identity of a machine, or of a job, does not become a registry's credential. `<where>` is a service of the cloud,
 * `<file>` the file that an identity comes from.
 */
export const identity = {
  "identity-no-answer": {
    message: "no answer from <where> within <seconds> s",
    hint: "check the network and the proxy of this machine",
  },
  "identity-busy": { message: "<where> cannot answer now (<error>)", hint: "try again later" },
  "identity-no-route": {
    message: "cannot reach <where> (<error>)",
    hint: "allow its address in the firewall and the proxy",
  },
  "identity-unknown": { message: "<where> answered <error>", hint: "try again later" },
  "identity-no-token": { message: "<where> answered without a token", hint: "try again later" },
  "identity-clock": {
    message: "<where> rejects the time of the request: the clock of this machine is <minutes> minutes <direction>",
    hint: "set the clock of the machine, then run registry-login",
  },
  "identity-source": { message: "<source>: <cause>", hint: "" },
  ...googleIdentity,
  ...azureIdentity,
  "actions-no-token": {
    message: "there is no token service of GitHub Actions here",
    hint: "in the workflow, add to the job: permissions: id-token: write; and log in on the runner, not in the dev container",
  },
  "actions-address": {
    message: "ACTIONS_ID_TOKEN_REQUEST_URL is at <address>, which is not GitHub's; nothing was sent there",
    hint: "do not set ACTIONS_ID_TOKEN_REQUEST_URL: GitHub sets it",
  },
  "actions-refused": {
    message: "GitHub gives the job no token (<error>)",
    hint: "in the workflow, add to the job: permissions: id-token: write",
  },
  "hub-connection": {
    message: "<variable> is not the id of an OIDC connection",
    hint: "copy the connection's id from the organization's settings at Docker Hub",
  },
  "hub-organization": {
    message: "the organization at Docker Hub is not known",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to its name",
  },
  "hub-token-life": {
    message: "<variable> is not a number of seconds from 300 to 21600",
    hint: "correct <variable>, or remove it",
  },
  "hub-job-untrusted": {
    message: "the connection <connection> of Docker Hub does not trust this job (<error>)",
    hint: "add a rule for the repository and the branch to the connection",
  },
  "hub-oidc-refused": {
    message: "Docker Hub gives the job no token (<error>)",
    hint: "check that the connection <connection> exists, is active and belongs to the organization",
  },
} as const;
