/* Links for XS (see src/platform/link.d.ts). XS 13 shows only buffers of bytes to C. */

class LinkPool @ "xs_link_pool_destructor" {
	constructor(bytes, segments) @ "xs_link_pool_constructor"
	free() @ "xs_link_pool_free"
}

class LinkState @ "xs_link_destructor" {
	constructor(pool, longest) @ "xs_link_constructor"
	reset(outTag, inTag) @ "xs_link_reset"
	push(service, buffer, offset, count) @ "xs_link_push"
	wants(now) @ "xs_link_wants"
	write(buffer, offset, room) @ "xs_link_write"
	sent(now) @ "xs_link_sent"
	reported(sequence, tries, delivered) @ "xs_link_reported"
	read(buffer, offset, count, data, now) @ "xs_link_read"
	take(buffer, offset, room) @ "xs_link_take"
	deadline(now) @ "xs_link_deadline"
	expire(now) @ "xs_link_expire"
	stalled(now) @ "xs_link_stalled"
	roundTrip() @ "xs_link_roundTrip"
	idle() @ "xs_link_idle"
}

export { LinkPool, LinkState };
