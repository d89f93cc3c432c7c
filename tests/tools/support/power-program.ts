/** On XS: a program that sleeps deeply three times, and finds what it kept. Prints a line of JSON for each start. */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { deepSleep, lightSleep, retain, retained, wakeCause } from "ruvllm-esp32/platform/power";

const kept = retained(), cause = wakeCause(), starts = kept?.[0] ?? 0;
/* Memory that a reset must lose. */
const memory = globalThis as unknown as { slept?: boolean };
print(`${JSON.stringify({ starts, cause, bytes: kept?.length ?? -1, last: kept?.at(-1) ?? -1, slept: memory.slept ?? false, early: microseconds() < 60000000 })}\n`);
memory.slept = true;
if (starts === 1)
	lightSleep({ microseconds: 1000 });
if (starts < 3) {
	const bytes = new Uint8Array(2040 - starts).fill(100 + starts);
	bytes[0] = starts + 1;
	retain(bytes);
	deepSleep({ microseconds: 20000 });
}
