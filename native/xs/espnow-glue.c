/*
 * Port radio on boards: the driver of native/espnow.c for the machine. Its two queues are in the app's manifest:
 * "defines": { "radio": { "received": 8192, "sending": 8192 } }, bytes, powers of two; they are taken when a Radio is made.
 */
#ifdef ESP_PLATFORM

#include <stdatomic.h>
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "mc.defines.h"
#include "espnow.h"
#include "radio.h"

#ifndef MODDEF_RADIO_RECEIVED
#define MODDEF_RADIO_RECEIVED 8192
#endif
#ifndef MODDEF_RADIO_SENDING
#define MODDEF_RADIO_SENDING 8192
#endif
#define POWER_OF_TWO(n) ((n) >= 2048 && ((n) & ((n) - 1)) == 0)

_Static_assert(POWER_OF_TWO(MODDEF_RADIO_RECEIVED) && POWER_OF_TWO(MODDEF_RADIO_SENDING), "the radio's queues are powers of two, from 2048 bytes on");
_Static_assert(RADIO_OUTSTANDING == RV_ESPNOW_OUTSTANDING && RADIO_BROADCAST == RV_ESPNOW_BROADCAST, "radio.h and espnow.h differ");
_Static_assert((int)RADIO_FULL == RV_ESPNOW_FULL && (int)RADIO_DONE == RV_ESPNOW_DONE && (int)RADIO_NO_PEER == RV_ESPNOW_NO_PEER
	&& (int)RADIO_NO_PLACE == RV_ESPNOW_NO_PLACE && (int)RADIO_FAILED == RV_ESPNOW_FAILED && (int)RADIO_NO_STATUS == RV_ESPNOW_NO_STATUS
	&& (int)RADIO_SENT_TO_ALL == RV_ESPNOW_SENT_TO_ALL, "radio.h and espnow.h differ");

/* There is one. It stays where it is: a message to the machine may come when the radio is closed. */
static struct radio {
	xsMachine *the;
	xsSlot *wake; /* NULL: closed */
	void *memory;
	/* Which opening of it a message belongs to. */
	atomic_uint opening;
} only;

static void deliver(void *machine, void *opening, uint8_t *message, uint16_t length)
{
	xsMachine *the = machine;
	(void)message, (void)length;
	if (!only.wake || (uintptr_t)opening != atomic_load(&only.opening))
		return;
	xsBeginHost(the);
	xsmcVars(1);
	xsVar(0) = xsAccess(*only.wake);
	xsCallFunction0(xsVar(0), xsUndefined);
	xsEndHost(the);
}

/* On the driver's task. */
static int wake(void)
{
	return modMessagePostToMachine(only.the, NULL, 0, deliver, (void *)(uintptr_t)atomic_load(&only.opening));
}

int radio_present(void)
{
	return 1;
}

struct radio *radio_open(xsMachine *the, const struct radio_options *options, xsSlot *function, const char **trouble)
{
	rv_espnow_options driver = {
		.channel = options->channel, .rate = options->rate, .primary_key = options->primary_key,
		.received = MODDEF_RADIO_RECEIVED, .sending = MODDEF_RADIO_SENDING, .wake = wake,
	};
	if (only.wake) {
		*trouble = "a board has one radio: close the other Radio first";
		return NULL;
	}
	only.memory = driver.memory = malloc(MODDEF_RADIO_RECEIVED + MODDEF_RADIO_SENDING + RV_ESPNOW_OWN_BYTES);
	if (!only.memory) {
		*trouble = "there is no memory for the radio's queues";
		return NULL;
	}
	only.the = the;
	atomic_fetch_add(&only.opening, 1);
	*trouble = rv_espnow_open(&driver);
	if (*trouble) {
		free(only.memory);
		only.memory = NULL;
		return NULL;
	}
	only.wake = function;
	return &only;
}

void radio_close(struct radio *r)
{
	rv_espnow_close();
	free(r->memory);
	r->memory = NULL;
	r->wake = NULL;
}

uint64_t radio_address(struct radio *r)
{
	(void)r;
	return rv_espnow_address();
}

int radio_mtu(struct radio *r)
{
	(void)r;
	return rv_espnow_mtu();
}

int radio_most_peers(struct radio *r)
{
	(void)r;
	return RV_ESPNOW_PEERS;
}

int radio_channel(struct radio *r)
{
	(void)r;
	return rv_espnow_channel();
}

int radio_set_channel(struct radio *r, int channel)
{
	(void)r;
	return rv_espnow_set_channel(channel);
}

int radio_add_peer(struct radio *r, uint64_t address, int rate, const uint8_t *key)
{
	(void)r;
	return rv_espnow_add_peer(address, rate, key);
}

void radio_remove_peer(struct radio *r, uint64_t address)
{
	(void)r;
	rv_espnow_remove_peer(address);
}

int radio_send(struct radio *r, uint64_t to, const uint8_t *bytes, uint32_t count)
{
	(void)r;
	return rv_espnow_send(to, bytes, count);
}

int radio_writable(struct radio *r)
{
	(void)r;
	return rv_espnow_writable();
}

void radio_listen(struct radio *r)
{
	(void)r;
	rv_espnow_listen();
}

int radio_status(struct radio *r, uint64_t *to)
{
	(void)r;
	return rv_espnow_status(to);
}

int radio_readable(struct radio *r)
{
	(void)r;
	return rv_espnow_readable();
}

int32_t radio_read(struct radio *r, uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi)
{
	(void)r;
	return rv_espnow_read(into, room, from, rssi);
}

uint32_t radio_dropped(struct radio *r)
{
	(void)r;
	return rv_espnow_dropped();
}

#endif
