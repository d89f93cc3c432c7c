/*
 * Messages of a pipeline's boards: chunks of positions with their hidden states, and states that come back to the coordinator
 * (docs/federation-protocol.md). Reading takes anything; writing knows its lengths.
 */
#ifndef RV_CHUNK_H
#define RV_CHUNK_H

#include <stdint.h>

/* kind u8, session u16, epoch u8; lane u8, branch u8, want u8, position u16, count u8, confirmed u16; tokens u16 */
enum { RV_CHUNK_KIND = 5, RV_CHUNK_LANE = 4, RV_CHUNK_BRANCH, RV_CHUNK_WANT, RV_CHUNK_POSITION, RV_CHUNK_COUNT = 9, RV_CHUNK_CONFIRMED, RV_CHUNK_TOKENS = 12 };
/* the same four bytes; lane u8, branch u8, position u16, count of states u8 (0 or 1) */
enum { RV_STATES_KIND = 6, RV_STATES_POSITION = 6, RV_STATES_COUNT = 8, RV_STATES_STATE = 9 };
#define RV_CHUNK_MOST 32 /* positions */

typedef struct {
	int32_t *hidden, values; /* the state that is read and written */
	uint8_t *out;            /* the message that is written */
	int32_t room, written;
	int32_t read, left, last, want; /* where the next state lies, how many follow; whether only a wanted one goes on */
} rv_chunk;

/*
 * Reads a chunk and its first state, and begins what goes on: another chunk, or (`last`) states for the coordinator. Returns its
 * count of positions | lane << 6 | first position << 14; -1: it is none.
 */
int32_t rv_chunk_begin(rv_chunk *c, const uint8_t *in, int32_t bytes, int32_t last);
/* The layers were run: writes the state, and reads the next. Returns 0: go on; the bytes of what goes on; -1: the next is none; -2: no room. */
int32_t rv_chunk_step(rv_chunk *c, const uint8_t *in, int32_t bytes);
/* A chunk's head, with the first of its tokens; then the others, and all states, of which each gives the bytes so far, or -2. */
void rv_chunk_head(rv_chunk *c, int32_t session, int32_t epoch, const int32_t head[7]);
int32_t rv_chunk_token(rv_chunk *c, int32_t token);
int32_t rv_chunk_put(rv_chunk *c);
/* Reads states. Returns position | branch << 16 | lane << 24 | whether there is a state << 28; -1: they are none. */
int32_t rv_chunk_states(rv_chunk *c, const uint8_t *in, int32_t bytes);

#endif
