/**
 * Port: read-only data that came with the firmware (models, documents), mapped and not copied:
 * a memory-mapped file on the desktop, flash on a board.
 */

/** A host buffer: `new Uint8Array(asset)` views it; a write through such a view throws. */
export type Asset = ArrayBuffer;

/**
 * @param name a resource's name ("stories.ruvm"); on the desktop also a path.
 * @throws Error with a sentence that names the asset when there is none, or it is empty.
 */
export function openAsset(name: string): Asset;
