import { join } from "node:path";
import { expect, test } from "vitest";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { AWS_KEY, setUpAws } from "../support/aws-setup.ts";
import { run } from "../support/shell.ts";
import { logIn, secrets } from "../support/temp-home.ts";

const HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

test("fifty processes that ask at once, cold, make one call", { timeout: 60_000 }, async () => {
  const { aws, home, at } = await setUpAws();
  aws.fault = "error";
  await logIn(at(0, secrets("ECR", HOST, AWS_KEY.accessKeyId, AWS_KEY.secretAccessKey)), { verify: "false" });
  aws.fault = null;
  const before = aws.calls.length;
  const env = { HOME: home.folder, AWS_ENDPOINT_URL_ECR: aws.url };
  const ask = async (): Promise<string> => {
    const { stdout } = await run(process.execPath, [join(AGENT_FOLDER, "main.cjs"), "credential-helper", "get"], {
      env,
      input: HOST,
    });
    return JSON.parse(stdout).Secret;
  };
  const secretsSeen = await Promise.all(Array.from({ length: 50 }, ask));
  expect(new Set(secretsSeen)).toEqual(new Set(aws.tokens));
  expect(aws.calls.length - before).toBe(1);
});
