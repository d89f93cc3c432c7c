/* The chip router for XS (see src/platform/router.d.ts). */

class RouterKernel @ "xs_router_destructor" {
	constructor(memory, kind, chips) @ "xs_router_constructor"
	reset() @ "xs_router_reset"
	step() @ "xs_router_step"
	route() @ "xs_router_route"
	decide() @ "xs_router_decide"
	observe(chip, microseconds, work, hop) @ "xs_router_observe"
	learn(reward) @ "xs_router_learn"
	read(text) @ "xs_router_read"
}

function stateBytes() @ "xs_router_stateBytes"
function requestBytes() @ "xs_router_requestBytes"
function contentWord(text, offset, out) @ "xs_router_contentWord"
function log2(x) @ "xs_router_log2"

export { RouterKernel, stateBytes, requestBytes, contentWord, log2 };
