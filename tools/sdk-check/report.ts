/** What was checked, for people and for programs. */

export type Status = "passed" | "failed" | "skipped";

export interface Step {
	name: string;
	status: Status;
	/** One sentence: what was found, or why it was not looked for. */
	detail: string;
	seconds: number;
	/** Of what failed: the output of the tool. */
	output?: string;
}

/** A check that failed, with the output of the tool that says why. */
export class StepFailed extends Error {
	override readonly name = "StepFailed";

	constructor(sentence: string, readonly output?: string) {
		super(sentence);
	}
}

/** Lines of a failed tool that people get to see; programs get all. */
const SHOWN_LINES = 40;

/** Of a step that was not skipped. */
export function formatStep(step: Step): string {
	const line = `${step.status === "failed" ? "FAILED " : "ok     "} ${step.name}: ${step.detail} (${step.seconds.toFixed(1)} s)`;
	return step.output === undefined ? line : `${line}\n${lastLines(step.output)}`;
}

/** One sentence for each reason, with all that was skipped for it. */
export function formatSkipped(steps: readonly Step[]): string[] {
	const names = new Map<string, string[]>();
	for (const { name, detail } of steps.filter(({ status }) => status === "skipped"))
		names.set(detail, [...names.get(detail) ?? [], name]);
	return Array.from(names, ([reason, skipped]) => `skipped ${skipped.join(", ")}: ${reason}`);
}

function lastLines(text: string): string {
	const lines = text.trimEnd().split("\n");
	return lines.slice(-SHOWN_LINES).map((line) => `        ${line}`).join("\n");
}

/** 0: all passed or nothing was asked for; 1: something failed; 2: something was skipped though it is required. */
export function exitCode(steps: readonly Step[], required: boolean): 0 | 1 | 2 {
	if (steps.some(({ status }) => status === "failed"))
		return 1;
	return required && steps.some(({ status }) => status === "skipped") ? 2 : 0;
}
