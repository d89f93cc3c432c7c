/** The entry for small machines: runs the suites of one image, then ends with 0 or 1. */

import { exit } from "ruvllm-esp32/platform/runtime";
import { runDeclared } from "./suites";
import "test-suites";

const { failed } = await runDeclared();
exit(failed ? 1 : 0);
