/** What mocha's core uses of node:util. */

export function inspect(value: unknown): string {
	try {
		return typeof value === "string" ? JSON.stringify(value) : String(JSON.stringify(value) ?? value);
	}
	catch {
		return String(value);
	}
}

export function format(text: string, ...values: unknown[]): string {
	return String(text).replace(/%[sdjoO]/g, (mark) => values.length ? (mark === "%s" || mark === "%d" ? String(values.shift()) : inspect(values.shift())) : mark);
}
export default { inspect, format };
