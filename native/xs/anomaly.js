/* The anomaly detector's step for XS (see src/platform/anomaly.d.ts). */

class AnomalyStep @ "xs_anomaly_destructor" {
	constructor(memory, channels, taps, stride, patterns) @ "xs_anomaly_constructor"
	reset() @ "xs_anomaly_reset"
	run(learning) @ "xs_anomaly_run"
	valid() @ "xs_anomaly_valid"
	signature() @ "xs_anomaly_signature"
}

function stateBytes(channels, taps, stride, patterns) @ "xs_anomaly_stateBytes"

export { AnomalyStep, stateBytes };
