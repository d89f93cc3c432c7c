/* Port: src/platform/assets.d.ts. A resource of the SDK is a read-only host buffer over flash. */
import Resource from "Resource";

function openAsset(name) {
	if (!Resource.exists(name))
		throw new Error(`there is no asset "${name}" in this firmware: add it to "data" in its manifest.json`);
	const asset = new Resource(name);
	if (asset.byteLength === 0)
		throw new Error(`the asset "${name}" is empty`);
	return asset;
}

export { openAsset };
