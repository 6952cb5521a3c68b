// GitHub runs this file as the step.
import("./steps.ts").then(({ runStep }) => runStep("main"));
