/* Whose turn it is, frames written, and what the MAC says of them. */
#include "frames.h"
#include "crc32.h"
#include <string.h>

/* A radio that has reported nothing for so long never will. After MUCH frames since the last look, the next is soon, and not set anew for each frame. */
enum { SILENT = 500000, SOON = 4000, MUCH = 4 };

int32_t rv_frames_consider(rv_frames *f, const rv_link *link, uint32_t now)
{
	int32_t left = rv_link_deadline(link, now);
	/* What is due now and can't be sent waits for the radio, not for time. */
	if (left < 0 || (left == 0 && link->has_due && (int32_t)(now - link->due) >= 0))
		return 0;
	if (f->has_told && (int32_t)(now + (uint32_t)left - f->told) >= 0)
		return 0;
	f->told = now + (uint32_t)left;
	f->has_told = 1;
	return 1;
}

int32_t rv_frames_look(rv_frames *f, uint32_t now)
{
	int32_t left = (int32_t)(f->told - now);
	return left < 0 ? 0 : left;
}

int32_t rv_frames_push(rv_frames *f, int32_t place, int32_t service, const uint8_t *bytes, int32_t count)
{
	rv_frames_board *board = f->board[place];
	if (!board->joined || !rv_link_push(&board->link, &f->pool, service, bytes, count))
		return 0;
	rv_frames_enqueue(f, place);
	return 1;
}

void rv_frames_enqueue(rv_frames *f, int32_t place)
{
	if (f->board[place]->queued)
		return;
	f->board[place]->queued = 1;
	int32_t at = f->ready_first + f->ready_count++;
	f->ready[at < f->limit ? at : at - f->limit] = (uint16_t)place;
}

int32_t rv_frames_next(rv_frames *f, uint32_t now)
{
	if (f->mac_count == RV_FRAMES_IN_MAC)
		return 0;
	while (f->ready_count) {
		int32_t place = f->ready[f->ready_first];
		f->ready_first = f->ready_first + 1 < f->limit ? f->ready_first + 1 : 0;
		f->ready_count--;
		f->board[place]->queued = 0;
		if (rv_link_wants(&f->board[place]->link, now))
			return rv_frames_write(f, place, now);
	}
	return 0;
}

static void put32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
}

int32_t rv_frames_stamp(rv_frames *f, int32_t version, int32_t type, int32_t end)
{
	f->out[0] = (uint8_t)(version << 4);
	f->out[1] = (uint8_t)type;
	put32(f->out + 2, ++f->counter);
	f->counters[RV_FRAMES_SENT]++;
	f->sent_place = -1;
	f->sent_bytes = end + f->trailer;
	f->counters[RV_FRAMES_SENT_BYTES] += (uint32_t)f->sent_bytes;
	if (!f->open)
		return 0;
	put32(f->out + end, crc32_bytes(f->seed, f->out, (uint32_t)end));
	return end + f->trailer;
}

int32_t rv_frames_write(rv_frames *f, int32_t place, uint32_t now)
{
	rv_frames_board *board = f->board[place];
	rv_link *link = &board->link;
	int32_t peer = rv_frames_peer_of(f, board), more = f->ready_count ? RV_FRAMES_MORE_FRAMES : 0;
	if (peer < 0)
		return RV_FRAMES_STRANGE_PEER | place << RV_FRAMES_PLACE | more;
	int32_t bytes = rv_link_write(link, &f->pool, f->out + RV_FRAMES_HEADER, f->longest - RV_FRAMES_HEADER - f->trailer), data = bytes > RV_LINK_SEQUENCE, end = RV_FRAMES_HEADER + bytes;
	rv_frames_stamp(f, board->version, data ? RV_FRAME_DATA : RV_FRAME_ACKNOWLEDGE, end);
	int32_t before = rv_link_sent(link, now), statistic = !data ? RV_FRAMES_ACKNOWLEDGEMENTS : before > 0 ? RV_FRAMES_RETRIES : -1;
	if (statistic >= 0)
		f->counters[statistic]++;
	rv_frames_mac_add(f, peer, place, data ? link->chosen : 0, data, before + 1, now);
	f->sent_retry = statistic;
	f->sent_place = place;
	f->traffic++;
	if (rv_link_wants(link, now)) {
		rv_frames_enqueue(f, place);
		more = RV_FRAMES_MORE_FRAMES;
	}
	if (f->mac_count == RV_FRAMES_IN_MAC)
		more = 0;
	return (f->open ? end + f->trailer : end) | place << RV_FRAMES_PLACE | more | (rv_frames_consider(f, link, now) ? RV_FRAMES_LOOK : 0);
}

void rv_frames_unsent(rv_frames *f)
{
	f->counters[RV_FRAMES_SENT]--;
	f->counters[RV_FRAMES_SENT_BYTES] -= (uint32_t)f->sent_bytes;
	if (f->sent_place < 0 || !f->mac_count)
		return;
	if (f->sent_retry >= 0)
		f->counters[f->sent_retry]--;
	f->mac_count--;
	f->peers[f->mac[(f->mac_first + f->mac_count) % RV_FRAMES_IN_MAC].peer].in_mac--;
	rv_link_unsent(&f->board[f->sent_place]->link);
	rv_frames_enqueue(f, f->sent_place);
	f->sent_place = -1;
}

void rv_frames_mac_add(rv_frames *f, int32_t peer, int32_t place, int32_t sequence, int32_t data, int32_t tries, uint32_t now)
{
	int32_t i = (f->mac_first + f->mac_count++) % RV_FRAMES_IN_MAC;
	f->mac[i].peer = (uint8_t)peer;
	f->mac[i].place = (uint16_t)place;
	f->mac[i].sequence = (uint16_t)sequence;
	f->mac[i].data = (uint8_t)data;
	f->mac[i].tries = (uint8_t)(tries > 255 ? 255 : tries);
	f->mac[i].generation = place == RV_FRAMES_NONE ? 0 : f->board[place]->generation;
	f->mac_at = now;
	f->peers[peer].in_mac++;
}

static void drop(rv_frames *f)
{
	f->peers[f->mac[f->mac_first].peer].in_mac--;
	f->mac_first = (f->mac_first + 1) % RV_FRAMES_IN_MAC;
	f->mac_count--;
}

void rv_frames_handed(rv_frames *f, uint64_t address, uint32_t now)
{
	for (int32_t i = 0; i < f->peer_count && f->mac_count < RV_FRAMES_IN_MAC; i++)
		if (f->peers[i].address == address) {
			rv_frames_mac_add(f, i, RV_FRAMES_NONE, 0, 0, 1, now);
			return;
		}
}

int32_t rv_frames_loose(const rv_frames *f)
{
	for (int32_t n = 0; n < f->mac_count; n++)
		if (f->mac[(f->mac_first + n) % RV_FRAMES_IN_MAC].place == RV_FRAMES_NONE)
			return 1;
	return 0;
}

int32_t rv_frames_reported(rv_frames *f, uint64_t to, int32_t delivered, uint32_t now)
{
	int32_t skip = 0;
	while (skip < f->mac_count && f->peers[f->mac[(f->mac_first + skip) % RV_FRAMES_IN_MAC].peer].address != to)
		skip++;
	/* Broadcasts, and frames of others that use the radio. */
	if (skip == f->mac_count)
		return f->ready_count > 0;
	while (skip--)
		drop(f);
	int32_t i = f->mac_first, place = f->mac[i].place;
	drop(f);
	if (place != RV_FRAMES_NONE && f->mac[i].generation == f->board[place]->generation) {
		rv_link *link = &f->board[place]->link;
		if (f->mac[i].data)
			rv_link_reported(link, f->mac[i].sequence, f->mac[i].tries, delivered);
		if (rv_link_wants(link, now))
			rv_frames_enqueue(f, place);
	}
	return f->ready_count > 0;
}

int32_t rv_frames_work(rv_frames *f, uint32_t now)
{
	int32_t next = f->traffic >= MUCH ? SOON : -1;
	if (f->mac_count && now - f->mac_at >= SILENT)
		while (f->mac_count)
			drop(f);
	f->traffic = 0;
	for (int32_t place = 0; place < f->limit && f->board[place]; place++) {
		rv_frames_board *board = f->board[place];
		if (!board->joined)
			continue;
		int32_t left = rv_link_deadline(&board->link, now);
		if (left == 0) {
			rv_link_expire(&board->link, now);
			if (rv_link_wants(&board->link, now))
				rv_frames_enqueue(f, place);
			left = rv_link_deadline(&board->link, now);
		}
		if (left > 0 && (next < 0 || left < next))
			next = left;
	}
	f->has_told = next >= 0;
	f->told = now + (uint32_t)next;
	return next * 2 + (f->ready_count > 0);
}
