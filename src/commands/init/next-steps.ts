import type { Chosen } from "./choose.ts";
import { secretName } from "./secret-texts.ts";

/** What is left to do by hand, for one place. */
export interface NextStep {
  readonly title: string;
  /** Ready to paste. */
  readonly lines: readonly string[];
}

/** What the next steps are about. */
export interface StepInput {
  readonly chosen: readonly Chosen[];
  /** The identifiers whose server is a secret of a codespace, too. */
  readonly withServer: ReadonlySet<string>;
  /** `owner/name` at GitHub; null where that is not known. */
  readonly repository: string | null;
  readonly local: "none" | "remote-env" | "env-file";
  readonly envFile: string;
}

/**
 * The commands that set the secrets in each place. No value is an argument: gh reads it from its input.
 * Source: https://cli.github.com/manual/gh_secret_set
 */
export function nextSteps(input: StepInput): NextStep[] {
  const { chosen, local, envFile } = input;
  if (chosen.length === 0) return [];
  const names = chosen.flatMap(({ identifier }) => [
    secretName(identifier, "USER"),
    secretName(identifier, "PASSWORD"),
  ]);
  const shell = names.map((name) => `read -rs ${name} && export ${name}`);
  return [
    { title: "The values, once for this shell (nothing is shown while you type)", lines: shell },
    ...codespacesSteps(input, names),
    ...vscodeSteps(local, envFile),
    { title: "The dev container CLI, from a shell with the values", lines: cliLines(input, names) },
    {
      title: "GitHub Actions: repository secrets of the same names, and this step",
      lines: [
        "- uses: registry-login/registry-login@v1",
        "  with:",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
        "    secrets: ${{ toJSON(secrets) }}",
        `    registries: ${chosen.map(({ identifier, registry }) => `${identifier}=${registry.host}`).join(", ")}`,
      ],
    },
    {
      title: "GitLab: CI/CD variables of the same names, and this line",
      lines: ["- npx --yes @registry-login/cli@1 login --strict --replace"],
    },
  ];
}

function vscodeSteps(local: StepInput["local"], envFile: string): NextStep[] {
  if (local === "env-file") {
    const copy = `cp ${envFile}.example ${envFile} && chmod 600 ${envFile}`;
    return [{ title: "VS Code: write the values into the file", lines: [copy, `code ${envFile}`] }];
  }
  const init = "npx --yes @registry-login/cli@1 init --local remote-env --yes";
  const isHandedOver = local === "remote-env";
  const title = `VS Code, from a shell with the values${isHandedOver ? "" : " (the first line, if nobody uses Codespaces here)"}`;
  return [{ title, lines: [...(isHandedOver ? [] : [init]), "code ."] }];
}

function codespacesSteps({ chosen, withServer, repository }: StepInput, names: readonly string[]): NextStep[] {
  const owner = repository?.split("/")[0];
  const levels = [
    { title: "for this repository", flags: `--app codespaces${repository === null ? "" : ` --repo ${repository}`}` },
    { title: "for you alone", flags: `--user${repository === null ? "" : ` --repos ${repository}`}` },
    ...(owner === undefined
      ? []
      : [{ title: `for the organization ${owner}`, flags: `--org ${owner} --app codespaces --visibility private` }]),
  ];
  return levels.map(({ title, flags }) => ({
    title: `GitHub Codespaces, ${title}`,
    lines: [
      ...chosen
        .filter(({ identifier }) => withServer.has(identifier))
        .map(
          ({ identifier, registry }) =>
            `printf %s ${registry.host} | gh secret set ${secretName(identifier, "SERVER")} ${flags}`,
        ),
      ...names.map((name) => `printenv ${name} | gh secret set ${name} ${flags}`),
    ],
  }));
}

/** `initializeCommand` reads the values from the environment, and the container gets them from the file. */
function cliLines({ local }: StepInput, names: readonly string[]): string[] {
  const up = "devcontainer up --workspace-folder .";
  if (local !== "none") return [up];
  const list = names.map((name) => `"${name}"`).join(", ");
  const write = `node -p 'JSON.stringify(Object.fromEntries([${list}].map((name) => [name, process.env[name]])))'`;
  return [`(umask 077 && ${write} > ~/registry-secrets.json)`, `${up} --secrets-file ~/registry-secrets.json`];
}
