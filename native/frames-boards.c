/* Boards by address, which of their counters were seen, and peers of the radio. */
#include "frames.h"
#include <string.h>

static uint32_t home_of(const rv_frames *f, uint64_t address)
{
	return ((uint32_t)address ^ (uint32_t)(address >> 32)) * 0x9E3779B1u >> 12 & f->place_mask;
}

static void put(rv_frames *f, int32_t place)
{
	uint32_t i = home_of(f, f->board[place]->address);
	while (f->place[i] != RV_FRAMES_NONE)
		i = (i + 1) & f->place_mask;
	f->place[i] = (uint16_t)place;
}

void rv_frames_init(rv_frames *f)
{
	f->last = -1;
	f->opening = -1;
	memset(f->place, 0xFF, ((size_t)f->place_mask + 1) * sizeof(*f->place));
}

int32_t rv_frames_find(rv_frames *f, uint64_t address)
{
	if (f->last >= 0 && f->board[f->last]->address == address)
		return f->last;
	for (uint32_t i = home_of(f, address); f->place[i] != RV_FRAMES_NONE; i = (i + 1) & f->place_mask)
		if (f->board[f->place[i]]->address == address)
			return f->last = f->place[i];
	return RV_FRAMES_NONE;
}

int32_t rv_frames_add(rv_frames *f, uint64_t address)
{
	int32_t place = rv_frames_find(f, address);
	if (place != RV_FRAMES_NONE)
		return place;
	for (place = 0; place < f->limit && f->board[place] && f->board[place]->used; place++)
		;
	if (place == f->limit)
		return RV_FRAMES_NONE;
	rv_frames_board *board = f->board[place];
	if (!board) {
		board = f->make_board(f->pool.context);
		if (!board)
			return RV_FRAMES_NONE;
		rv_link_init(&board->link, f->longest_message);
		f->board[place] = board;
	}
	board->address = address;
	board->used = 1;
	board->peer = 0;
	put(f, place);
	return place;
}

void rv_frames_remove(rv_frames *f, int32_t place)
{
	rv_frames_leave(f, place);
	f->board[place]->used = 0;
	f->last = -1;
	memset(f->place, 0xFF, ((size_t)f->place_mask + 1) * sizeof(*f->place));
	for (int32_t i = 0; i < f->limit && f->board[i]; i++)
		if (f->board[i]->used)
			put(f, i);
}

void rv_frames_admit(rv_frames *f, int32_t place, uint32_t seed, uint32_t counter, uint32_t now)
{
	rv_frames_board *board = f->board[place];
	board->seed = seed;
	board->top = counter;
	board->seen[0] = board->seen[1] = 0xFFFFFFFFu;
	board->heard = now;
	board->admitted = 1;
}

static void restart(rv_frames *f, rv_frames_board *board, int32_t out_tag, int32_t in_tag)
{
	board->generation++;
	rv_link_reset(&board->link, &f->pool, out_tag, in_tag);
}

void rv_frames_join(rv_frames *f, int32_t place, int32_t version, int32_t out_tag, int32_t in_tag)
{
	rv_frames_board *board = f->board[place];
	board->version = (uint8_t)version;
	board->joined = 1;
	restart(f, board, out_tag, in_tag);
}

void rv_frames_leave(rv_frames *f, int32_t place)
{
	rv_frames_board *board = f->board[place];
	board->admitted = board->joined = 0;
	restart(f, board, -1, -1);
}

/* As in RFC 4303, section 3.4.3. */
int32_t rv_frames_fresh(const rv_frames_board *board, uint32_t counter)
{
	if (counter > board->top)
		return 1;
	uint32_t age = board->top - counter;
	return age < 64 && !(board->seen[age >> 5] >> (age & 31) & 1);
}

void rv_frames_take_counter(rv_frames_board *board, uint32_t counter)
{
	if (counter > board->top) {
		uint32_t by = counter - board->top;
		if (by < 32)
			board->seen[1] = board->seen[1] << by | board->seen[0] >> (32 - by);
		else
			board->seen[1] = by < 64 ? board->seen[0] << (by - 32) : 0;
		board->seen[0] = by < 32 ? board->seen[0] << by : 0;
		board->top = counter;
	}
	uint32_t age = board->top - counter;
	if (age < 64)
		board->seen[age >> 5] |= 1u << (age & 31);
}

/* Least recently used, unless it has frames inside the MAC: reports come in the order of sending. */
int32_t rv_frames_use_peer(rv_frames *f, uint64_t address, uint64_t *gone)
{
	int32_t place = -1, answer = 2;
	for (int32_t i = 0; i < f->peer_count; i++) {
		if (f->peers[i].address == address) {
			f->peers[i].used_at = ++f->uses;
			return 0;
		}
		if (!f->peers[i].in_mac && (place < 0 || (int32_t)(f->peers[i].used_at - f->peers[place].used_at) < 0))
			place = i;
	}
	if (f->peer_count < f->peer_limit) {
		place = f->peer_count++;
		answer = 1;
	}
	else if (place < 0)
		return -1;
	*gone = f->peers[place].address;
	f->peers[place].address = address;
	f->peers[place].used_at = ++f->uses;
	f->peers[place].in_mac = 0;
	return answer;
}

/* Its place stays, empty: frames inside the MAC name peers by their places. */
void rv_frames_forget_peer(rv_frames *f, uint64_t address)
{
	for (int32_t i = 0; i < f->peer_count; i++)
		if (f->peers[i].address == address) {
			f->peers[i].address = UINT64_MAX;
			f->peers[i].used_at = f->uses - 0x40000000;
		}
}

int32_t rv_frames_peer_of(rv_frames *f, rv_frames_board *board)
{
	if (board->peer >= f->peer_count || f->peers[board->peer].address != board->address) {
		int32_t i = 0;
		while (i < f->peer_count && f->peers[i].address != board->address)
			i++;
		if (i == f->peer_count)
			return -1;
		board->peer = (uint8_t)i;
	}
	f->peers[board->peer].used_at = ++f->uses;
	return board->peer;
}
