/**
 * The entry of the test app for the SDK: the simulator and boards. All suites are bundled with it to one
 * module, since the SDK links modules by name; tests/manifest.json builds the app.
 */

import { print } from "ruvllm-esp32/platform/console";
import { runSuites } from "../harness/run";

/* A board would restart on `exit`, and begin again: so only say the code, for tools/sdk-check/log-machine.cjs. */
const end = (code: number): void => print(`\n#exit ${code}\n`);

runSuites(async () => { await import("test-suites"); }).then(
	({ failed }) => end(failed ? 1 : 0),
	(error: Error) => {
		print(`${error.stack ?? error}\n`);
		end(1);
	});
