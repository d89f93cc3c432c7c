/*
 * Reliable messages between two boards: the work that each frame costs. Selective repeat with a window of 32 in both directions;
 * what is lost shows by the MAC's report, by later frames that arrived (RACK's idea, RFC 8985), or by time (RFC 6298). Layout of
 * frames: docs/federation-protocol.md. Times are microseconds modulo 2^32; nothing may lie 2^31 apart.
 *
 * Segments (what one frame carries) come from a pool that all links of a board share.
 */
#ifndef RV_LINK_H
#define RV_LINK_H

#include <stdint.h>

#define RV_LINK_WINDOW 32
#define RV_LINK_QUEUE 128 /* segments of a link; a power of two */
#define RV_LINK_RESERVE 8 /* segments that sending leaves to what arrives before its turn */
#define RV_LINK_NONE 0xFFFF

/* Body of a frame, from the byte behind its header on. */
enum { RV_LINK_TAG = 0, RV_LINK_ACK = 2, RV_LINK_BITMAP = 4, RV_LINK_SEQUENCE = 8, RV_LINK_CHUNKS = 10 };

typedef struct {
	int32_t bytes, limit; /* of a segment; segments, at most RV_LINK_NONE */
	int32_t made, free_count;
	uint16_t *free, *length, *last_chunk, *next; /* `limit` each; last_chunk: where another may be appended, or RV_LINK_NONE */
	uint8_t **segment;
	/* Gives the memory of one more segment, or NULL. */
	uint8_t *(*make)(void *context, int32_t bytes);
	void *context;
} rv_link_pool;

typedef struct {
	/* Of the admission: which frames belong to it. -1: none do. */
	int32_t out_tag, in_tag;
	/* Sending. */
	uint16_t queue[RV_LINK_QUEUE];
	uint8_t state[RV_LINK_WINDOW], tries[RV_LINK_WINDOW];
	uint32_t sent_at[RV_LINK_WINDOW];
	uint16_t base, count, sent, lost; /* the oldest that is not acknowledged; how many wait; sent at least once; lost of them */
	int32_t hasty, chosen;            /* `chosen`: what the last rv_link_write wrote; -1: an acknowledgement */
	int32_t had_due, had_unacknowledged; /* before the last rv_link_sent */
	uint32_t progress_at;
	int32_t smoothed, variation, timeout, doublings;
	/* Receiving. */
	uint16_t early[RV_LINK_WINDOW];
	uint16_t next, unacknowledged;
	uint32_t bitmap, due;
	int32_t has_due;
	uint16_t first, last; /* segments whose messages wait to be taken */
	int32_t cursor;       /* in the first of them */
	/* A message of several segments. */
	uint8_t *assembly;
	int32_t capacity, total, filled, longest;
} rv_link;

/* `pool` must have its arrays; forgets all segments that were made. */
void rv_link_pool_init(rv_link_pool *pool, int32_t bytes, int32_t limit);
/* How many segments can still be taken. */
int32_t rv_link_free(const rv_link_pool *pool);

/* longest: bytes of a message, 1 to 65535. */
void rv_link_init(rv_link *link, int32_t longest);
/* Drops all; both directions begin again at 0. */
void rv_link_reset(rv_link *link, rv_link_pool *pool, int32_t out_tag, int32_t in_tag);

/* Queues a message; service 0 to 15. Returns 0 when there is no room. Cost: copying. */
int32_t rv_link_push(rv_link *link, rv_link_pool *pool, int32_t service, const uint8_t *bytes, int32_t count);
/* Whether something is to be sent now. */
int32_t rv_link_wants(const rv_link *link, uint32_t now);
/* Writes the body of the next frame; returns its bytes (RV_LINK_SEQUENCE: an acknowledgement alone), or 0 when `room` is too small. */
int32_t rv_link_write(rv_link *link, const rv_link_pool *pool, uint8_t *body, int32_t room);
/* What was written last is with the radio. Returns how often its segment was sent before; 0 for an acknowledgement. */
int32_t rv_link_sent(rv_link *link, uint32_t now);
/* It is not, after all: as if it had not been sent, and next in turn. */
void rv_link_unsent(rv_link *link);
/* The MAC's report on the `tries`-th sending of a segment. */
void rv_link_reported(rv_link *link, int32_t sequence, int32_t tries, int32_t delivered);

/* What rv_link_read found. */
enum { RV_LINK_STRANGE = 1, RV_LINK_NEWS = 2, RV_LINK_DUPLICATE = 4, RV_LINK_MALFORMED = 8, RV_LINK_MESSAGES = 16 };
/* Takes the body of a frame; `data`: it carries a segment. */
int32_t rv_link_read(rv_link *link, rv_link_pool *pool, const uint8_t *body, int32_t bytes, int32_t data, uint32_t now);

/* What rv_link_take gives besides a count: nothing; a segment that no sender makes (it is dropped); the message needs `total` bytes of assembly. */
enum { RV_LINK_EMPTY = -1, RV_LINK_BAD = -2, RV_LINK_ROOM = -3 };
/* The next message, in order: its bytes stay until the next call. Returns their count. */
int32_t rv_link_take(rv_link *link, rv_link_pool *pool, int32_t *service, const uint8_t **bytes);

/* Whether rv_link_take would find something. What was taken is no longer read: lets its segment go. */
int32_t rv_link_waits(rv_link *link, rv_link_pool *pool);

/* Microseconds until the link wants to be looked at (0: now); -1: not before something happens. */
int32_t rv_link_deadline(const rv_link *link, uint32_t now);
/* What was sent too long ago is lost. */
void rv_link_expire(rv_link *link, uint32_t now);
/* Microseconds for which nothing under way was acknowledged; 0 when nothing is. */
int32_t rv_link_stalled(const rv_link *link, uint32_t now);

/* For the two halves. */
int32_t rv_link_pool_take(rv_link_pool *pool);
void rv_link_pool_release(rv_link_pool *pool, int32_t segment);
int32_t rv_link_acknowledged(rv_link *link, rv_link_pool *pool, uint16_t next, uint32_t bitmap, uint32_t now);
void rv_link_receive_reset(rv_link *link, rv_link_pool *pool);

#endif
