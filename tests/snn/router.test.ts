import { expect } from "chai";
import { type RouteCost, ROUTES, type SNNEvent, SNNRouter } from "ruvllm-esp32/snn";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { codeOf } from "../support/code-of";

const at = (seconds: number, confidence = 128): SNNEvent => ({ at: seconds * 8000, seconds, confidence, strength: 50, channels: 3, spikes: 9 });
const cost = (value: number): RouteCost => ({ cost: value, latency: 2 * value, tier: "measured" });
const costs = { LocalResponse: cost(10), FetchMemory: cost(100), RunLLM: cost(1000) };

describe("snn/router", () => {
	it("refuses options and confidences that it can't take", () => {
		for (const options of [{ least: -1 }, { local: 257 }, { local: 100, memory: 101 }, { memory: 1.5 }, { hysteresis: 200 }, { budget: -1 }, { budget: NaN }, { budget: "5" }, { costs: { RunLLM: cost(-1) } },
			{ costs: { RunLLM: { cost: 1e6, latency: 5, tier: "guessed" } } }, { costs: { RunLLM: cost(1) } }, { costs: { Sleep: cost(Infinity) } }])
			expect(codeOf(() => new SNNRouter(options as never)), JSON.stringify(options)).to.equal("ROUTER_OPTION");
		const router = new SNNRouter();
		for (const confidence of [-1, 256, NaN, undefined, "high"])
			expect(codeOf(() => router.route(at(1), confidence as never))).to.equal("ROUTER_CONFIDENCE");
	});
	it("sleeps without an event, answers what it knows, looks up what it half knows, and asks the model else", () => {
		const router = new SNNRouter({ hysteresis: 0, least: 20 });
		expect(router.route(undefined, 255).route).to.equal("Sleep");
		expect(router.route(at(1, 19), 255).route).to.equal("Sleep");
		expect([255, 192, 191, 96, 95, 0].map((confidence) => router.route(at(1), confidence).route)).to.deep.equal(["LocalResponse", "LocalResponse", "FetchMemory", "FetchMemory", "RunLLM", "RunLLM"]);
		expect(ROUTES.map((route) => router.count(route))).to.deep.equal([2, 2, 2, 2]);
		expect(router.reduced).to.equal(0);
	});
	it("gives each decision's cost, latency and tier: its own, or projected defaults", () => {
		const router = new SNNRouter({ costs }), answer = router.route(at(1), 200), free = new SNNRouter().route(at(1), 0);
		expect({ ...answer }).to.deep.equal({ route: "LocalResponse", cost: 10, latency: 20, tier: "measured", reduced: false });
		expect(free.cost).to.be.above(0);
		expect(free.tier).to.equal("projected");
		expect(router.spent).to.equal(10);
		expect(router.route(at(2), 250)).to.equal(answer);
		expect(Object.isFrozen(answer)).to.equal(true);
	});
	it("stays with a decision while confidence is near a threshold", () => {
		const router = new SNNRouter({ hysteresis: 10 }), route = (confidence: number): string => router.route(at(1), confidence).route;
		expect([200, 185, 181, 195, 201, 202].map(route)).to.deep.equal(["LocalResponse", "LocalResponse", "FetchMemory", "FetchMemory", "FetchMemory", "LocalResponse"]);
		expect([150, 90, 86, 85, 100, 105, 106].map(route)).to.deep.equal(["FetchMemory", "FetchMemory", "FetchMemory", "RunLLM", "RunLLM", "RunLLM", "FetchMemory"]);
		/* However wide, both ends stay in reach. */
		const wide = new SNNRouter({ hysteresis: 128, local: 250, memory: 5 });
		expect([0, 255, 0].map((confidence) => wide.route(at(1), confidence).route)).to.deep.equal(["RunLLM", "LocalResponse", "RunLLM"]);
		const never = new SNNRouter({ local: 256, memory: 0 });
		expect([255, 0].map((confidence) => never.route(at(1), confidence).route)).to.deep.equal(["FetchMemory", "FetchMemory"]);
	});
	it("becomes cheaper when an hour's budget is spent, and dearer again with time", () => {
		const router = new SNNRouter({ budget: 2150, costs }), route = (seconds: number): string => router.route(at(seconds), 0).route;
		expect([1, 1, 1, 1, 1, 1, 1, 1].map(route)).to.deep.equal(["RunLLM", "RunLLM", "FetchMemory", "LocalResponse", "LocalResponse", "LocalResponse", "LocalResponse", "LocalResponse"]);
		expect(route(1)).to.equal("Sleep");
		expect(router.available).to.equal(0);
		expect(router.reduced).to.equal(7);
		expect(route(1801)).to.equal("RunLLM");
		expect(router.available).to.equal(75);
		/* It never holds more than an hour's worth, and time that runs backwards fills nothing. */
		expect(route(90000)).to.equal("RunLLM");
		expect(router.available).to.equal(1150);
		route(5);
		expect(router.available).to.equal(150);
		expect(router.spent).to.equal(2150 + 3000);
		const none = new SNNRouter({ budget: 0 });
		expect([none.route(at(1), 0).route, none.route(at(1), 0).reduced]).to.deep.equal(["Sleep", true]);
	});
	it("allocates nothing", () => {
		const router = new SNNRouter({ budget: 100000, costs }), event = at(1);
		router.route(event, 10);
		const before = memoryUse();
		for (let i = 0; i < 5000; i++) {
			router.route(undefined, 0);
			router.route(event, i & 255);
		}
		const after = memoryUse();
		/* What the measure itself takes, and nothing for each decision. */
		expect(after.collections).to.equal(before.collections);
		expect(after.chunksUsed - before.chunksUsed).to.be.below(200);
	});
});
