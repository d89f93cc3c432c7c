/*
 * A board's radio on UDP datagrams of the loopback interface: what of it goes on while the program computes. A thread acknowledges
 * what it hears, sends again what nobody acknowledged, and puts what came into a queue, as the MAC layer of ESP-NOW does.
 */
#ifndef RV_RADIO_AIR_H
#define RV_RADIO_AIR_H

#include <pthread.h>
#include <stdint.h>
#include "radio-queue.h"

/* Boards of one swarm: ports from `first` on. */
#define AIR_PORTS 64
#define AIR_LONGEST 1470
/* Bytes of the queues, powers of two. */
#define AIR_RECEIVED 16384
#define AIR_SENDING 32768
#define AIR_STATUSES 512
#define AIR_DELAYED 65536
/* A frame is sent so often at most, and waited for so long each time. */
#define AIR_TRIES 10
#define AIR_PATIENCE 5000 /* microseconds */

struct air_settings {
	int first;
	uint64_t loss; /* of 2^32 frames, so many are lost behind the acknowledgement */
	uint64_t seed;
	uint32_t delay; /* microseconds */
};

struct air {
	struct air_settings settings;
	int fd, port;
	int to_thread[2], to_program[2]; /* pipes that carry a byte when the other side has something to do */
	pthread_t thread;
	atomic_int channel, closing;
	atomic_uint dropped;
	rv_radio_queue sending, statuses, received, delayed;
	/* The thread's own: the frame on the air, and what it knows of others. */
	int waits, tries;
	uint64_t to;
	int64_t deadline;
	uint16_t sequence;
	uint32_t count;
	int32_t last_sequence[AIR_PORTS]; /* of unicast frames; -1: none */
	uint8_t frame[8 + AIR_LONGEST];
	/* The oldest of the delayed frames, and when it is due. */
	uint32_t late_count;
	uint64_t late_from;
	int64_t late_due;
	uint8_t late[8 + AIR_LONGEST];
	uint8_t memory[AIR_RECEIVED + AIR_SENDING + AIR_STATUSES + AIR_DELAYED];
};

#define AIR_ALL 0xffffffffffffull
/* Notes in `statuses`, as in radio.h. */
enum { AIR_LOST, AIR_ACKNOWLEDGED, AIR_SENT_TO_ALL };

#define AIR_ADDRESS(port) (0x02007f000000ull + (uint64_t)(port))
#define AIR_PORT(address) ((int)((address) & 0xffff))

/* Takes the first free port, and starts the thread. NULL, or what went wrong. `air`: zeroed, with its settings and channel. */
const char *air_start(struct air *a);
void air_stop(struct air *a);
/* Writes a byte to one of the pipes. */
void air_poke(const int *pipe);
/* Takes all bytes out of it. */
void air_hush(const int *pipe);

#endif
