/*
 * What each frame costs a board: header and counter, the seal of an open network (CRC-32), which counters were seen, whose turn it
 * is to send, what the MAC reports. Bytes of frames: docs/federation-protocol.md.
 *
 * Boards have places, 0 to limit - 1. Memory is the caller's; `make` gives more of it when it is first needed.
 */
#ifndef RV_FRAMES_H
#define RV_FRAMES_H

#include "link.h"

#define RV_FRAMES_HEADER 6
#define RV_FRAMES_IN_MAC 8 /* frames inside the MAC at most, so that heartbeats need not queue for long */
#define RV_FRAMES_PEERS 32 /* that a radio knows at most */
#define RV_FRAMES_NONE 0xFFFF

enum { RV_FRAME_HELLO = 1, RV_FRAME_AUTH = 2, RV_FRAME_DATA = 4, RV_FRAME_ACKNOWLEDGE = 5, RV_FRAME_BROADCAST = 6, RV_FRAME_HEARD = 8 };

/* Counters, in the order of NetworkStatistics. */
enum {
	RV_FRAMES_SENT, RV_FRAMES_SENT_BYTES, RV_FRAMES_RECEIVED, RV_FRAMES_RECEIVED_BYTES, RV_FRAMES_RETRIES, RV_FRAMES_ACKNOWLEDGEMENTS,
	RV_FRAMES_DUPLICATES, RV_FRAMES_MALFORMED, RV_FRAMES_UNKNOWN_VERSION, RV_FRAMES_UNKNOWN_SENDER, RV_FRAMES_FORGED, RV_FRAMES_REPLAYED,
	RV_FRAMES_COUNTERS
};

typedef struct {
	uint64_t address;
	uint32_t seed, top, seen[2]; /* of the checksum; counters: the highest, and bit i of 64: top - i was seen */
	uint32_t heard;              /* when */
	uint8_t version, generation, used, admitted, joined, queued, peer; /* peer: where it was among the peers */
	rv_link link;
} rv_frames_board;

typedef struct {
	uint64_t address;
	uint32_t used_at;
	int32_t in_mac;
} rv_frames_peer;

typedef struct {
	uint64_t address;
	int32_t open, trailer, longest, lowest, highest; /* open: checksums are made and checked here */
	uint32_t seed, counter;
	/* The frame that is being written, the one that was read, the message that is being delivered. */
	uint8_t *out, *in, *message;
	int32_t in_bytes, message_bytes;
	rv_link_pool pool;
	uint64_t counters[RV_FRAMES_COUNTERS];

	int32_t limit, last, longest_message; /* boards; the one that was looked for last */
	rv_frames_board **board;
	uint16_t *place, *ready; /* by address, `place_mask` + 1 (a power of two, more than limit); those whose turn comes, limit */
	uint32_t place_mask;
	int32_t ready_first, ready_count;
	rv_frames_board *(*make_board)(void *context);
	uint8_t *(*grow)(void *context, uint8_t *assembly, int32_t bytes);

	struct {
		uint16_t place, sequence;
		uint8_t peer, tries, generation, data;
	} mac[RV_FRAMES_IN_MAC];
	int32_t mac_first, mac_count;
	uint32_t mac_at, uses;
	rv_frames_peer peers[RV_FRAMES_PEERS];
	int32_t peer_count, peer_limit;

	int32_t opening, sent_bytes; /* place of a frame that the caller opens; of the last frame written */
	int32_t sent_retry, sent_place;
	/* When the caller will look again. */
	uint32_t told;
	int32_t has_told, traffic; /* frames since then */
} rv_frames;

/* After the fields that the caller sets are set: address, open, trailer, longest, versions, buffers, pool, limits and functions. */
void rv_frames_init(rv_frames *f);

/* Place of an address, or RV_FRAMES_NONE; or a new one, RV_FRAMES_NONE where there is none or no memory. */
int32_t rv_frames_find(rv_frames *f, uint64_t address);
int32_t rv_frames_add(rv_frames *f, uint64_t address);
void rv_frames_remove(rv_frames *f, int32_t place);
/* Frames of it are taken from now on, with counters above this one. */
void rv_frames_admit(rv_frames *f, int32_t place, uint32_t seed, uint32_t counter, uint32_t now);
/* Messages go both ways, with these tags. */
void rv_frames_join(rv_frames *f, int32_t place, int32_t version, int32_t out_tag, int32_t in_tag);
/* Neither. */
void rv_frames_leave(rv_frames *f, int32_t place);
/* Whether a frame with this counter may be taken; and that it was. */
int32_t rv_frames_fresh(const rv_frames_board *board, uint32_t counter);
void rv_frames_take_counter(rv_frames_board *board, uint32_t counter);

/*
 * Looks at the first `count` bytes of `in`. Negative: it was dropped and counted, a Hello or Auth, another type (authentic), or
 * sealed: open it and call rv_frames_opened. Else flags, and in the bits from RV_FRAMES_SERVICE on the first message: its service,
 * and from RV_FRAMES_LENGTH on its bytes; it lies in `message`.
 */
enum { RV_FRAMES_DROPPED = -1, RV_FRAMES_STRANGER = -2, RV_FRAMES_OTHER = -3, RV_FRAMES_SEALED = -4 };
/* Something is to be sent; the caller should look earlier than it plans to; a message; more may wait; something new was acknowledged. */
enum { RV_FRAMES_SEND = 1, RV_FRAMES_ALARM = 2, RV_FRAMES_MESSAGE = 4, RV_FRAMES_MORE = 8, RV_FRAMES_NEWS = 16, RV_FRAMES_SERVICE = 8, RV_FRAMES_LENGTH = 12 };
int32_t rv_frames_receive(rv_frames *f, uint64_t from, int32_t count, uint32_t now);
/* The frame that was sealed is authentic, or not. */
int32_t rv_frames_opened(rv_frames *f, int32_t good, int32_t count, uint32_t now);
/* The next message of a board, as above; 0: none; RV_FRAMES_NO_MEMORY; below: RV_FRAMES_ROOM - the bytes that `message` must have. */
enum { RV_FRAMES_NO_MEMORY = -1, RV_FRAMES_ROOM = -2 };
int32_t rv_frames_take(rv_frames *f, int32_t place);

/* Queues a message. Returns 0: no room, or no member. */
int32_t rv_frames_push(rv_frames *f, int32_t place, int32_t service, const uint8_t *bytes, int32_t count);
void rv_frames_enqueue(rv_frames *f, int32_t place);
/*
 * Writes the frame of the board whose turn it is to `out`: its bytes (without the trailer, where frames are sealed elsewhere), its place
 * from RV_FRAMES_PLACE on, and flags: others wait (MORE_FRAMES), RV_FRAMES_LOOK as RV_FRAMES_ALARM above, or, instead of a frame,
 * STRANGE_PEER: the radio must be made to know the board, then rv_frames_write. 0: nothing is to be sent, or the MAC is full.
 */
enum { RV_FRAMES_PLACE = 12, RV_FRAMES_MORE_FRAMES = 1 << 25, RV_FRAMES_LOOK = 1 << 26, RV_FRAMES_STRANGE_PEER = 1 << 27 };
int32_t rv_frames_next(rv_frames *f, uint32_t now);
int32_t rv_frames_write(rv_frames *f, int32_t place, uint32_t now);
/* The radio did not take the frame that was written last: its board waits for another turn. */
void rv_frames_unsent(rv_frames *f);
/* Header, counter and seal of any other frame in `out` whose body ends at `end`. Returns its bytes; 0: it must be sealed. */
int32_t rv_frames_stamp(rv_frames *f, int32_t version, int32_t type, int32_t end);

/* Peers of the radio. Returns 0: known; 1: new; 2: new, in place of *gone; -1: all places have frames inside the MAC. */
int32_t rv_frames_use_peer(rv_frames *f, uint64_t address, uint64_t *gone);
void rv_frames_forget_peer(rv_frames *f, uint64_t address);
/* A frame of no link is inside the MAC. */
void rv_frames_handed(rv_frames *f, uint64_t address, uint32_t now);
/* Whether a frame of no link is inside the MAC. */
int32_t rv_frames_loose(const rv_frames *f);
/* The MAC's report on the oldest frame to that address. Returns whether something is to be sent. */
int32_t rv_frames_reported(rv_frames *f, uint64_t to, int32_t delivered, uint32_t now);

/* Time has passed: what was sent too long ago is lost. Returns microseconds until it wants to be called again (or -1) * 2, + 1 if something is to be sent. */
int32_t rv_frames_work(rv_frames *f, uint32_t now);
/* After RV_FRAMES_ALARM or RV_FRAMES_LOOK: in how many microseconds rv_frames_work is to be called. */
int32_t rv_frames_look(rv_frames *f, uint32_t now);

/* For its parts. */
int32_t rv_frames_consider(rv_frames *f, const rv_link *link, uint32_t now);
void rv_frames_mac_add(rv_frames *f, int32_t peer, int32_t place, int32_t sequence, int32_t data, int32_t tries, uint32_t now);
int32_t rv_frames_peer_of(rv_frames *f, rv_frames_board *board);

#endif
