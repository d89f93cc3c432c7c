/** What keeps a build from succeeding, in one sentence that says what to do. */
export class BuildError extends Error {
	override readonly name = "BuildError";
}
