/** The parts of mocha that the harness takes; mocha's own types describe the whole program only. */
declare module "mocha/lib/interfaces/bdd.js" {
	export function bddInterface(suite: unknown): void;
}
declare module "mocha/lib/runner.js" {
	export class Runner {
		constructor(suite: unknown, options: object);
		on(name: string, listener: (...values: never[]) => void): this;
		run(done: (failures: number) => void): void;
	}
}
declare module "mocha/lib/suite.js" {
	export class Suite {
		constructor(title: string, context: unknown, root: boolean);
		title: string;
		root: boolean;
		timeout(ms: number): void;
		emit(name: string, ...values: unknown[]): void;
	}
}
