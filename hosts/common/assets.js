/* Port: src/platform/assets.d.ts. A mapped file is a read-only host buffer. */
class Asset @ "xs_assets_destructor" {
	constructor(path) @ "xs_assets_constructor"
	get byteLength() @ "xs_assets_get_byteLength"
}

function openAsset(name) {
	return new Asset(name);
}

export { openAsset };
