/*
 * Port radio: UDP on the loopback interface, between processes of one computer, or radios of one process (radio-air.c is the radio's
 * thread). Set by the environment, all optional:
 *   RUVLLM_RADIO_PORT    first of the 64 UDP ports of a swarm; 24800: below the ports that systems give away by themselves
 *   RUVLLM_RADIO_LOSS    0 to 1: the share of frames that are lost behind the acknowledgement
 *   RUVLLM_RADIO_SEED    which ones
 *   RUVLLM_RADIO_DELAY   microseconds, to a second, from a frame's arrival until it can be read
 */
#include <stdlib.h>
#include <string.h>
#include "radio.h"
#include "radio-air.h"
#include "watch.h"

#define MOST_PEERS 20

_Static_assert(RADIO_BROADCAST == AIR_ALL && (int)RADIO_SENT_TO_ALL == AIR_SENT_TO_ALL && AIR_LOST == 0 && AIR_ACKNOWLEDGED == 1, "radio.h and radio-air.h differ");

struct radio {
	struct air air; /* the first: contexts are its address */
	xsSlot *wake;
	int outstanding, peers;
	uint64_t peer[MOST_PEERS];
};

int radio_present(void)
{
	return 1;
}

/* 0 where the variable is no number from low to high; absent or empty is the default. */
static int setting(const char *name, double low, double high, double *value)
{
	char *end;
	const char *text = getenv(name);
	if (!text || !*text)
		return 1;
	*value = strtod(text, &end);
	return !*end && *value >= low && *value <= high;
}

static const char *read_settings(struct air_settings *s)
{
	double first = 24800, loss = 0, seed = 1, delay = 0;
	if (!setting("RUVLLM_RADIO_PORT", 1024, 65536 - AIR_PORTS, &first))
		return "RUVLLM_RADIO_PORT is no port from 1024 to 65472";
	if (!setting("RUVLLM_RADIO_LOSS", 0, 1, &loss))
		return "RUVLLM_RADIO_LOSS is no number from 0 to 1";
	if (!setting("RUVLLM_RADIO_SEED", 0, 4294967295.0, &seed))
		return "RUVLLM_RADIO_SEED is no number from 0 to 4294967295";
	if (!setting("RUVLLM_RADIO_DELAY", 0, 1000000, &delay))
		return "RUVLLM_RADIO_DELAY is no number of microseconds from 0 to 1000000";
	*s = (struct air_settings){ (int)first, (uint64_t)(loss * 4294967296.0), (uint64_t)seed, (uint32_t)delay };
	return NULL;
}

static void wake_program(xsMachine *the, void *context)
{
	struct radio *r = context;
	air_hush(r->air.to_program);
	event_loop_call(the, r->wake);
}

struct radio *radio_open(xsMachine *the, const struct radio_options *options, xsSlot *wake, const char **trouble)
{
	(void)the;
	struct radio *r = calloc(1, sizeof(*r));
	if (!r) {
		*trouble = "there is no memory for it";
		return NULL;
	}
	r->wake = wake;
	atomic_init(&r->air.channel, options->channel);
	*trouble = read_settings(&r->air.settings);
	if (!*trouble)
		*trouble = air_start(&r->air);
	if (!*trouble && event_loop_watch(r->air.to_program[0], wake_program, r)) {
		air_stop(&r->air);
		*trouble = "this program has too many radios; close one";
	}
	if (*trouble) {
		free(r);
		return NULL;
	}
	return r;
}

void radio_close(struct radio *r)
{
	event_loop_unwatch(r->air.to_program[0]);
	air_stop(&r->air);
	free(r);
}

uint64_t radio_address(struct radio *r)
{
	return AIR_ADDRESS(r->air.port);
}

int radio_mtu(struct radio *r)
{
	(void)r;
	return AIR_LONGEST;
}

int radio_most_peers(struct radio *r)
{
	(void)r;
	return MOST_PEERS;
}

int radio_channel(struct radio *r)
{
	return atomic_load(&r->air.channel);
}

int radio_set_channel(struct radio *r, int channel)
{
	atomic_store(&r->air.channel, channel);
	return RADIO_DONE;
}

static int place_of(const struct radio *r, uint64_t address)
{
	for (int i = 0; i < r->peers; i++)
		if (r->peer[i] == address)
			return i;
	return -1;
}

/* There is no rate here, and nobody who could listen in. */
int radio_add_peer(struct radio *r, uint64_t address, int rate, const uint8_t *key)
{
	(void)rate, (void)key;
	if (place_of(r, address) >= 0)
		return RADIO_DONE;
	if (r->peers == MOST_PEERS)
		return RADIO_NO_PLACE;
	r->peer[r->peers++] = address;
	return RADIO_DONE;
}

void radio_remove_peer(struct radio *r, uint64_t address)
{
	int place = place_of(r, address);
	if (place >= 0)
		r->peer[place] = r->peer[--r->peers];
}

int radio_send(struct radio *r, uint64_t to, const uint8_t *bytes, uint32_t count)
{
	if (to != RADIO_BROADCAST && place_of(r, to) < 0)
		return RADIO_NO_PEER;
	int pushed = r->outstanding < RADIO_OUTSTANDING ? rv_radio_queue_push(&r->air.sending, to, 0, bytes, count) : 0;
	if (!pushed)
		return RADIO_FULL;
	r->outstanding++;
	if (pushed == 2)
		air_poke(r->air.to_thread);
	return RADIO_DONE;
}

int radio_status(struct radio *r, uint64_t *to)
{
	int32_t status;
	if (rv_radio_queue_pop(&r->air.statuses, to, &status, NULL, 0) < 0)
		return RADIO_NO_STATUS;
	r->outstanding--;
	return status;
}

int radio_writable(struct radio *r)
{
	return r->outstanding < RADIO_OUTSTANDING;
}

void radio_listen(struct radio *r)
{
	rv_radio_queue_listen(&r->air.statuses);
}

int radio_readable(struct radio *r)
{
	return rv_radio_queue_waits(&r->air.received);
}

int32_t radio_read(struct radio *r, uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi)
{
	return rv_radio_queue_pop(&r->air.received, from, rssi, into, room);
}

uint32_t radio_dropped(struct radio *r)
{
	return atomic_load(&r->air.dropped);
}
