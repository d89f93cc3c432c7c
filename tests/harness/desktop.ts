/** The desktop's entry: runs all suites, then ends the program with 0 or 1. */

import { exit } from "ruvllm-esp32/platform/runtime";
import { runSuites } from "./run";

const { failed } = await runSuites(async () => { await import("test-suites"); });
exit(failed ? 1 : 0);
