// GitHub runs this file at the end of the job.
import("./steps.ts").then(({ runStep }) => runStep("post"));
