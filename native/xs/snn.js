/* The spiking gate for XS (see src/platform/snn.d.ts). XS 13 shows only buffers of bytes to C. */

class Gate @ "xs_gate_destructor" {
	constructor(memory, table, offset) @ "xs_gate_constructor"
	reset() @ "xs_gate_reset"
	valid() @ "xs_gate_valid"
	process(samples, offset, frames) @ "xs_gate_process"
	mode(bits) @ "xs_gate_mode"
	reward(feedback) @ "xs_gate_reward"
	forget() @ "xs_gate_forget"
	coherence() @ "xs_gate_coherence"
}

function stateBytes(coherent) @ "xs_gate_stateBytes"
function tableFault(file, offset) @ "xs_gate_tableFault"

export { Gate, stateBytes, tableFault };
