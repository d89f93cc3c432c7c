/** How memories fade: integers only. */

/** What a memory is: a fact or a way to do something stays, what happened fades. */
export type MemoryKind = "fact" | "episode" | "procedure";
export const KINDS: readonly MemoryKind[] = ["fact", "episode", "procedure"];

/**
 * 65536 * 2^(-age / halfLife), linear between whole half-lives (above the curve by 6 % at most). Ebbinghaus' forgetting (1885) as an
 * exponential.
 * @param age seconds
 * @param halfLife seconds; 0: it does not fade
 */
export function decay(age: number, halfLife: number): number {
	if (halfLife === 0 || age <= 0)
		return 65536;
	const halves = Math.floor(age / halfLife);
	if (halves > 16)
		return 0;
	const rest = age - halves * halfLife;
	return Math.floor((65536 - Math.floor(32768 * rest / halfLife)) / 2 ** halves);
}

/**
 * What decides who goes when there is no room: importance, faded; each recall makes the half-life longer by itself.
 * @param importance 0 to 255
 * @returns 0 to 255 * 65536
 */
export const retention = (importance: number, age: number, halfLife: number, recalls: number): number => importance * decay(age, halfLife * (1 + recalls));
