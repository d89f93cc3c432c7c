/* Port: src/platform/flash.d.ts. A partition of the board's flash, mapped. */
class FlashPartition @ "xs_flash_destructor" {
	constructor(name) @ "xs_flash_constructor"
	get byteLength() @ "xs_flash_get_byteLength"
	erase(sector) @ "xs_flash_erase"
	program(offset, bytes, start, count) @ "xs_flash_program"
}

class Flash {
	#partition;
	constructor(name) {
		this.#partition = new FlashPartition(name);
		this.byteLength = this.#partition.byteLength;
		this.sectorSize = 4096;
	}
	erase(sector) {
		this.#partition.erase(sector);
	}
	program(offset, bytes) {
		this.#partition.program(offset, bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}
	map() {
		return this.#partition;
	}
	close() {
	}
}

export { Flash };
