/** What can keep a login from being written for programs that cannot query a helper, and from a cluster. */
export const exports = {
  "export-format": {
    message: "export needs a format: <formats>",
    hint: "see registry-login help export",
  },
  "export-what": {
    message: "export needs the host of a registry, or --all",
    hint: "choose from <hosts>",
  },
  "export-form": {
    message: "argument <number> of export is not a host name",
    hint: "choose from <hosts>",
  },
  "export-nothing": {
    message: "nothing to export: no registry is logged in",
    hint: "run registry-login plan to see which secrets are set",
  },
  "export-no-login": {
    message: "there is no login to <host>, so nothing was exported",
    hint: "run registry-login, or docker login <host>",
  },
  "export-npm": {
    message: "<host> is a registry for npm, and no format for container images can hold its login",
    hint: "leave <host> out",
  },
  "export-expired": {
    message: "the login to <host> expired at <time>, so nothing was exported",
    hint: "log in to <host> again",
  },
  "export-identity-token": {
    message: "the login to <host> is an identity token, which the format <format> cannot hold",
    hint: "run docker login <host> with a user name and an access token, or use the format docker or podman",
  },
  "export-terminal": {
    message: "nothing was printed: an export contains passwords, and this is a terminal",
    hint: "add --output <file>; --output - prints it anyway",
  },
  "export-log": {
    message: "nothing was printed: an export contains passwords, and what this job prints may be stored in its log",
    hint: "add --output <file>; --output - prints it anyway",
  },
  "export-open-file": {
    message: "nothing was written: an export contains passwords, and other users can read the file of this redirection",
    hint: "use --output <file> instead of the redirection; it makes a file that only this user can read",
  },
  "export-exists": {
    message: "<file> exists, so nothing was written",
    hint: "add --force to replace it, or choose a different file",
  },
  "kubectl-missing": {
    message: "kubectl is not on the PATH",
    hint: "install kubectl, or write the Secret to a file with --output <file>",
  },
  "kubectl-no-context": {
    message: "kubectl has no current context",
    hint: "choose a cluster with kubectl config use-context",
  },
  "kubectl-failed": {
    message: "kubectl could not apply the Secret <name> to the cluster <context>: <error>",
    hint: "run kubectl --context <context> --namespace <namespace> get secret <name> to see what the cluster reports",
  },
  "cluster-no-pull-secret": {
    message:
      "no pull secret for <host> in the namespace <namespace> of the cluster <context>: clusters do not use the logins of this machine",
    hint: "<command>",
  },
  "cluster-secret-expired": {
    message:
      "the pull secret <name> for <host> in the namespace <namespace> of the cluster <context> expired at <time>",
    hint: "<command>",
  },
} as const;
