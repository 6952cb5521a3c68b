import { join } from "node:path";
import { expect, test } from "vitest";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { ECR_HOST } from "../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../support/aws-setup.ts";
import { run } from "../support/shell.ts";
import { logIn } from "../support/temp-home.ts";

test("fifty processes at once without a token make one call to AWS", { timeout: 60_000 }, async () => {
  const { aws, home, at } = await setUpAws();
  aws.fault = "error";
  await logIn(at(0, awsSecrets()), { verify: "false" });
  aws.fault = null;
  const before = aws.calls.length;
  const env = { HOME: home.folder, AWS_ENDPOINT_URL_ECR: aws.url };
  const ask = async (): Promise<string> => {
    const { stdout } = await run(process.execPath, [join(AGENT_FOLDER, "main.cjs"), "credential-helper", "get"], {
      env,
      input: ECR_HOST,
    });
    return JSON.parse(stdout).Secret;
  };
  const secretsSeen = await Promise.all(Array.from({ length: 50 }, ask));
  expect(new Set(secretsSeen)).toEqual(new Set(aws.tokens));
  expect(aws.calls.length - before).toBe(1);
});
