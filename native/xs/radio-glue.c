/* The port radio for XS: radio.js has checked the arguments; what would harm memory is checked again. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "radio.h"

#define KEY_BYTES 16

struct handle {
	struct radio *radio; /* NULL: it was closed, or did not start */
	const char *trouble;
	xsSlot wake;
	uint64_t from;
	int32_t rssi;
};

void xs_radio_destructor(void *data)
{
	struct handle *h = data;
	if (h && h->radio)
		radio_close(h->radio);
	free(h);
}

static struct handle *here(xsMachine *the)
{
	return glue_host(the, xs_radio_destructor, "Driver");
}

static struct radio *opened(xsMachine *the)
{
	struct handle *h = here(the);
	if (!h->radio)
		xsUnknownError("radio: it is closed");
	return h->radio;
}

static xsNumberValue number(xsMachine *the, int at, xsNumberValue low, xsNumberValue high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : low - 1;
	if (!(value >= low && value <= high))
		xsRangeError("radio: argument %d is out of range", at);
	return value;
}

static uint64_t address_at(xsMachine *the, int at)
{
	return (uint64_t)number(the, at, 1, (xsNumberValue)RADIO_BROADCAST);
}

/* Copies the key out of its buffer, which may move; NULL where there is none. */
static const uint8_t *key_at(xsMachine *the, int at, uint8_t *key)
{
	void *data;
	xsUnsignedValue size;
	if (xsmcArgc <= at || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		return NULL;
	glue_buffer(the, &xsArg(at), &data, &size, 0);
	if (size != KEY_BYTES)
		xsRangeError("radio: a key has %d bytes", KEY_BYTES);
	memcpy(key, data, KEY_BYTES);
	return key;
}

/* (..., buffer, offset, count): bytes to be used before XS is called again. */
static uint8_t *range_at(xsMachine *the, int at, uint32_t *count, int writable)
{
	void *data;
	xsUnsignedValue size;
	xsNumberValue offset = number(the, at + 1, 0, 0x7FFFFFFF), wanted = number(the, at + 2, 0, 0x7FFFFFFF);
	if (xsmcTypeOf(xsArg(at)) != xsReferenceType)
		xsTypeError("radio: there are no bytes");
	glue_buffer(the, &xsArg(at), &data, &size, writable);
	if (offset > size || wanted > size - offset)
		xsRangeError("radio: the bytes leave their buffer");
	*count = (uint32_t)wanted;
	return (uint8_t *)data + (uint32_t)offset;
}

static void set_address(xsMachine *the, uint64_t address)
{
	xsmcSetNumber(xsResult, (xsNumberValue)address);
}

void xs_radio_present(xsMachine *the)
{
	xsmcSetBoolean(xsResult, radio_present());
}

void xs_radio_constructor(xsMachine *the)
{
	uint8_t key[KEY_BYTES];
	glue_check_new(the, xs_radio_destructor, "Driver");
	struct radio_options options = { (int)number(the, 0, 1, 13), (int)number(the, 1, -1, 11), key_at(the, 2, key) };
	if (xsmcArgc < 4 || !xsmcIsCallable(xsArg(3)))
		xsTypeError("radio: there is no function to wake");
	struct handle *h = calloc(1, sizeof(*h));
	if (!h)
		xsUnknownError("radio: no memory");
	xsmcSetHostData(xsThis, h);
	h->wake = xsArg(3);
	h->radio = radio_open(the, &options, &h->wake, &h->trouble);
	/* Reachable while it is open: a radio that only listens is held by nobody else. */
	if (h->radio)
		xsRemember(h->wake);
}

void xs_radio_get_trouble(xsMachine *the)
{
	struct handle *h = here(the);
	if (!h->radio)
		xsmcSetString(xsResult, (char *)(h->trouble ? h->trouble : "it is closed"));
}

void xs_radio_get_address(xsMachine *the)
{
	set_address(the, radio_address(opened(the)));
}

void xs_radio_get_mtu(xsMachine *the)
{
	xsmcSetInteger(xsResult, radio_mtu(opened(the)));
}

void xs_radio_get_maxPeers(xsMachine *the)
{
	xsmcSetInteger(xsResult, radio_most_peers(opened(the)));
}

void xs_radio_get_channel(xsMachine *the)
{
	xsmcSetInteger(xsResult, radio_channel(opened(the)));
}

void xs_radio_setChannel(xsMachine *the)
{
	struct radio *r = opened(the);
	xsmcSetInteger(xsResult, radio_set_channel(r, (int)number(the, 0, 1, 13)));
}

void xs_radio_addPeer(xsMachine *the)
{
	uint8_t key[KEY_BYTES];
	uint64_t address = address_at(the, 0);
	int rate = (int)number(the, 1, -1, 11);
	const uint8_t *local = key_at(the, 2, key);
	xsmcSetInteger(xsResult, radio_add_peer(opened(the), address, rate, local));
}

void xs_radio_removePeer(xsMachine *the)
{
	uint64_t address = address_at(the, 0);
	radio_remove_peer(opened(the), address);
}

void xs_radio_send(xsMachine *the)
{
	uint32_t count;
	uint64_t to = address_at(the, 0);
	/* Numbers may run scripts: the radio is looked up behind them, the bytes last. */
	const uint8_t *bytes = range_at(the, 1, &count, 0);
	struct radio *r = opened(the);
	if (count == 0 || count > (uint32_t)radio_mtu(r))
		xsRangeError("radio: a datagram of %d bytes", (int)count);
	xsmcSetInteger(xsResult, radio_send(r, to, bytes, count));
}

/* Address * 4 + status, or -1. */
void xs_radio_get_status(xsMachine *the)
{
	uint64_t to = 0;
	struct handle *h = here(the);
	int status = h->radio ? radio_status(h->radio, &to) : RADIO_NO_STATUS;
	if (status < 0)
		xsmcSetInteger(xsResult, -1);
	else
		xsmcSetNumber(xsResult, (xsNumberValue)to * 4 + status);
}

void xs_radio_get_writable(xsMachine *the)
{
	struct handle *h = here(the);
	xsmcSetBoolean(xsResult, h->radio && radio_writable(h->radio));
}

void xs_radio_listen(xsMachine *the)
{
	radio_listen(opened(the));
}

void xs_radio_get_readable(xsMachine *the)
{
	struct handle *h = here(the);
	xsmcSetBoolean(xsResult, h->radio && radio_readable(h->radio));
}

void xs_radio_read(xsMachine *the)
{
	uint32_t room;
	uint8_t *into = range_at(the, 0, &room, 1);
	struct handle *h = here(the);
	struct radio *r = opened(the);
	if (room < (uint32_t)radio_mtu(r))
		xsRangeError("radio: room for %d bytes", (int)room);
	xsmcSetInteger(xsResult, radio_read(r, into, room, &h->from, &h->rssi));
}

void xs_radio_get_from(xsMachine *the)
{
	set_address(the, here(the)->from);
}

void xs_radio_get_rssi(xsMachine *the)
{
	xsmcSetInteger(xsResult, here(the)->rssi);
}

void xs_radio_get_dropped(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)radio_dropped(opened(the)));
}

void xs_radio_close(xsMachine *the)
{
	struct handle *h = here(the);
	if (h->radio) {
		radio_close(h->radio);
		h->radio = NULL;
		xsForget(h->wake);
	}
}
