import { parse } from "yaml";

/** A script of a workflow, with the job and the shell that run it. */
export interface WorkflowScript {
  readonly job: string;
  readonly text: string;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly steps?: readonly Step[]; readonly "timeout-minutes"?: number; readonly uses?: string }>
  >;
}

/**
 * What a workflow lacks of our rules, which actionlint does not know: each action is pinned by its commit, with its version
 * for readers; permissions are named, and none of them is given to all jobs except to read; no job runs without a limit.
 */
export function workflowFaults(text: string): string[] {
  const { permissions, jobs } = parse(text) as Workflow;
  const unpinned = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)]
    .map(([, uses = ""]) => uses)
    .filter((uses) => {
      return !uses.startsWith("./") && !/^[\w./-]+@[0-9a-f]{40} # v\d[\w.]*$/.test(uses);
    });
  const isLeast = JSON.stringify(permissions) === '{"contents":"read"}';
  const unlimited = Object.entries(jobs).filter(
    ([, job]) => job.uses === undefined && job["timeout-minutes"] === undefined,
  );
  return [
    ...unpinned.map((uses) => `"${uses}" is not pinned: write OWNER/NAME@COMMIT # vVERSION`),
    ...(isLeast ? [] : ["permissions of the workflow have to be contents: read; a job may have more"]),
    ...unlimited.map(([name]) => `the job ${name} has no timeout-minutes`),
  ];
}

/** The scripts that a workflow runs, with what GitHub puts into them (`${{ }}`) as plain words. */
export function workflowScripts(text: string): WorkflowScript[] {
  const { jobs } = parse(text) as Workflow;
  return Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
    steps.flatMap(({ run }) =>
      run === undefined ? [] : { job, text: run.replaceAll(/\$\{\{.*?\}\}/g, "expression") },
    ),
  );
}
