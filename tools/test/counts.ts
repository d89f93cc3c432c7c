/** What a part of the tests came to. */

export interface Counts {
	passed: number;
	failed: number;
	skipped: number;
	suites: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0, suites: 0 };
