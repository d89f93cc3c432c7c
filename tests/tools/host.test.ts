import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-host-"));
let scripts = 0;

/** Runs a script on the desktop host. */
function host(script: string, { input = "", args = [] as (string | Buffer)[] }: { input?: string | Buffer; args?: (string | Buffer)[] } = {}): { code: number | null; out: Buffer; text: string; err: string } {
	const file = join(folder, `script${++scripts}.ts`);
	writeFileSync(file, script);
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "run", file, ...args as string[]], { input });
	return { code: status, out: stdout, text: stdout.toString(), err: stderr.toString() };
}

describe("hosts/desktop: console", () => {
	const listing = 'import { onLine } from "ruvllm-esp32/platform/console";\nonLine((line) => console.log(line === undefined ? "END" : JSON.stringify(line)));';
	it("gives whole lines, the last one too, then the end, once", () => {
		const { text, code } = host(listing, { input: `one\n\n${"x".repeat(300000)}\nlast` });
		const lines = text.trimEnd().split("\n");
		expect(lines).to.have.length(5);
		expect([lines[0], lines[1], lines[2]!.length, lines[3], lines[4]]).to.deep.equal(['"one"', '""', 300002, '"last"', "END"]);
		expect(code).to.equal(0);
	});
	it("makes well-formed text of any bytes", () => {
		const { text } = host(listing, { input: Buffer.from("ff610062c3280ae282ac0aeda0800af09f98800ac0800ae2", "hex") });
		expect(text.trimEnd().split("\n")).to.deep.equal(['"\ufffda\\u0000b\ufffd("', '"\u20ac"', '"\ufffd\ufffd\ufffd"', '"\u{1f600}"', '"\ufffd\ufffd"', '"\ufffd"', "END"]);
	});
	it("prints characters as UTF-8: zero, lone surrogates, four bytes", () => {
		const { out } = host('import { print } from "ruvllm-esp32/platform/console";\nprint("a\\0\\ud800\\u{1f600}\\ud7ff\\u00c0");');
		expect(out.toString("hex")).to.equal("6100efbfbdf09f9880ed9fbfc380");
	});
	it("ends when input ends and nothing else waits, timers first", () => {
		const { text } = host(`${listing}\nsetTimeout(() => console.log("timer"), 50);`);
		expect(text).to.equal("END\ntimer\n");
	});
});

describe("hosts/desktop: the end of a program", () => {
	const ends: [string, string, number, RegExp][] = [
		["an uncaught exception", "\nconst f = (): never => { throw new TypeError('no'); };\nsetTimeout(f, 1);", 1, /TypeError: no\n at f \(.*script\d+\.ts:2\)/],
		["an unhandled rejection", "async function f() {\n\tawait null;\n\tthrow new RangeError('late');\n}\nvoid f();\nsetTimeout(() => console.log('never'), 1000);", 1, /RangeError: late\n at f \(.*script\d+\.ts:3\)/],
		["a thrown value that is no Error", "throw 42;", 1, /42/],
		["calls that never return", "\nconst f = (n: number): number => 1 + f(n + 1);\nf(0);", 1, /stack overflow[^]*script\d+\.ts:2/],
		["an import that does not exist", 'import "ruvllm-esp32/nowhere";', 1, /ruvllm-esp32\/nowhere/],
		["a name that a module does not export", 'import { nothing } from "ruvllm-esp32/core/errors";\nconsole.log(nothing);', 1, /nothing/],
		["a rejection that is caught in time", "const p = Promise.reject(new Error('x')); p.catch(() => console.log('caught'));", 0, /^$/],
	];
	for (const [name, script, code, message] of ends)
		it(`${name}: exit code ${code}`, () => {
			const result = host(script);
			expect(result.err).to.match(message);
			expect(result.code, result.err).to.equal(code);
		});
});

describe("hosts/desktop: ports", () => {
	it("timers fire in order of time, then of creation; a cancelled one never", () => {
		const { text } = host(`
			const stop = setTimeout(() => console.log("stopped"), 10);
			setTimeout(() => console.log("c"), 30);
			setTimeout(() => { console.log("a"); clearTimeout(stop); Promise.resolve().then(() => console.log("job")); }, 5);
			setTimeout((x: string) => console.log(x), 5, "b");
			let n = 0;
			const every = setInterval(() => { if (++n === 3) { clearInterval(every); console.log("three"); } }, 20);`);
		expect(text.split("\n")).to.deep.equal(["a", "job", "b", "c", "three", ""]);
	});
	it("assets are views that can't be written, and name what is missing", () => {
		const asset = join(folder, "asset.bin");
		writeFileSync(asset, Buffer.from([1, 2, 3]));
		const { text } = host(`
			import { openAsset } from "ruvllm-esp32/platform/assets";
			import { args } from "ruvllm-esp32/platform/runtime";
			const bytes = new Uint8Array(openAsset(args[0]!));
			console.log(bytes.join());
			const message = (f: () => void): string => { try { f(); return "none"; } catch (e) { return (e as Error).message; } };
			console.log(message(() => { bytes[0] = 9; }), bytes[0]);
			console.log(message(() => openAsset("missing.ruvm")));`, { args: [asset] });
		const lines = text.split("\n");
		expect(lines[0]).to.equal("1,2,3");
		expect(lines[1]).to.match(/read-only.* 1$/);
		expect(lines[2]).to.match(/missing\.ruvm/);
	});
	it("memoryUse counts collections", () => {
		const { text } = host(`
			import { memoryUse } from "ruvllm-esp32/platform/runtime";
			const before = memoryUse();
			for (let i = 0, kept: unknown; i < 200000; i++) kept = new Uint8Array(i & 255);
			const after = memoryUse();
			console.log(after.collections > before.collections, after.slotsUsed > 0 && after.slotsUsed <= after.slotsSize, after.chunksUsed > 0 && after.chunksUsed <= after.chunksSize);`);
		expect(text).to.equal("true true true\n");
	});
	it("survive calls with any arguments, under the sanitizers", () => {
		for (const seed of ["1", "20261123"]) {
			const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "run", "--sanitize", join(packageRoot, "tests/tools/support/fuzz-ports.ts"), seed], { encoding: "utf8", input: "" });
			expect(status, `seed ${seed}: ${stderr}`).to.equal(0);
			expect(stdout).to.match(/\d{4,} calls, \d{4,} errors/);
		}
	}).timeout(300000);
});
