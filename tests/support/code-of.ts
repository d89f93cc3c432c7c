import { RuvllmError } from "ruvllm-esp32/core/errors";

/** The code of the RuvllmError that an action throws, the name of another error, or "none". */
export function codeOf(action: () => unknown): string {
	try {
		action();
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : (error as Error).name;
	}
	return "none";
}
