/* Text embeddings and intents for XS: classes with native bodies (see src/platform/text.d.ts). */

class EmbedderKernel @ "xs_embedder_destructor" {
	constructor(file, offset, count) @ "xs_embedder_constructor"
	embed(text, out, offset) @ "xs_embedder_embed"
	get dims() @ "xs_embedder_get_dims"
}

class IntentKernel @ "xs_intents_destructor" {
	constructor(embedder, memory, classes, buckets) @ "xs_intents_constructor"
	classify(text) @ "xs_intents_classify"
	learn(target, rate) @ "xs_intents_learn"
	get confidence() @ "xs_intents_get_confidence"
}

function intentBytes(dims, classes, buckets) @ "xs_intents_bytes"
function textFeatures(text) @ "xs_text_features"

export { EmbedderKernel, IntentKernel, intentBytes, textFeatures };
