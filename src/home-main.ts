/** The firmware of src/main.ts, and what it takes to understand commands of a home: 25 KB more of RAM. */

import { adapterState, correct, setHome, understand } from "ruvllm-esp32/console/home-requests";
import { addRequests } from "ruvllm-esp32/console/protocol";
import "ruvllm-esp32/main";

addRequests({
	home: (engine, request) => setHome(engine, request.home, request.caution as number | undefined, request.rehearsal),
	command: (_engine, request) => understand(request.text, request.area),
	correct: (_engine, request) => correct(request.text, request.area, request.wanted),
	adapter: (_engine, request) => adapterState(request.adapter, request.reset),
});
