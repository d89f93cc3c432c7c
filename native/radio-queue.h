/*
 * A queue of datagrams between a radio's task and the machine's: one side pushes, the other pops, without a lock. Bounded by
 * the bytes of its memory; a datagram takes its length and 12 bytes more. The side that pops is told once that there is something,
 * and not again before it has found the queue empty.
 */
#ifndef RV_RADIO_QUEUE_H
#define RV_RADIO_QUEUE_H

#include <stdatomic.h>
#include <stdint.h>

/* Bytes of a datagram beside its own. */
#define RV_RADIO_RECORD 12
/* Bytes of the longest. */
#define RV_RADIO_LONGEST 1536

typedef struct {
	uint8_t *bytes;
	uint32_t size; /* a power of two */
	atomic_uint head; /* bytes that were ever pushed, and popped: they wrap */
	atomic_uint tail;
	atomic_uint told;
} rv_radio_queue;

/* `size`: a power of two, from 64 on. Neither side may be in a call. */
void rv_radio_queue_init(rv_radio_queue *q, uint8_t *memory, uint32_t size);

/* 0: it is full, or the datagram too long; 1: pushed; 2: pushed, and the other side has to be told. `note` is the caller's own. */
int rv_radio_queue_push(rv_radio_queue *q, uint64_t address, int32_t note, const uint8_t *bytes, uint32_t count);

/* The oldest datagram's bytes: how many there are, 0 to RV_RADIO_LONGEST. -1: there is none. -2: they are more than `room`, and stay. */
int32_t rv_radio_queue_pop(rv_radio_queue *q, uint64_t *address, int32_t *note, uint8_t *into, uint32_t room);

/* Whether there is something, to the side that pops. */
int rv_radio_queue_waits(rv_radio_queue *q);

/* To be told of the next push, whatever is in the queue: for a side that pops until it is empty. */
void rv_radio_queue_listen(rv_radio_queue *q);

#endif
