/* Port: src/platform/flash.d.ts. A file mapped into memory, with the rules of NOR flash. */
class FlashFile @ "xs_flash_destructor" {
	constructor(path, bytes) @ "xs_flash_constructor"
	get byteLength() @ "xs_flash_get_byteLength"
	erase(sector) @ "xs_flash_erase"
	program(offset, bytes, start, count) @ "xs_flash_program"
	failAfter(writes, seed) @ "xs_flash_failAfter"
	close() @ "xs_flash_close"
}

class Flash {
	#file;
	constructor(name, bytes = 0) {
		this.#file = new FlashFile(name, bytes);
		this.byteLength = this.#file.byteLength;
		this.sectorSize = 4096;
	}
	erase(sector) {
		this.#file.erase(sector);
	}
	program(offset, bytes) {
		this.#file.program(offset, bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}
	map() {
		return this.#file;
	}
	failAfter(writes, seed) {
		this.#file.failAfter(writes, seed);
	}
	close() {
		this.#file.close();
	}
}

export { Flash };
