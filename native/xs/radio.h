/* What a host does for the port radio (native/xs/radio-glue.c): the desktop's radio.c, espnow-glue.c of boards, no-radio.h elsewhere. */
#ifndef RV_XS_RADIO_H
#define RV_XS_RADIO_H

#include <stdint.h>
#include "xsmc.h"

/* Datagrams that may wait to be sent, or for their status. */
#define RADIO_OUTSTANDING 16
#define RADIO_BROADCAST 0xffffffffffffull

/* Answers of radio_send and radio_add_peer. */
enum { RADIO_FULL = 0, RADIO_DONE = 1, RADIO_NO_PEER = -1, RADIO_NO_PLACE = -2, RADIO_FAILED = -3 };

/* Of radio_status, beside 0 (not acknowledged) and 1. */
enum { RADIO_NO_STATUS = -1, RADIO_SENT_TO_ALL = 2 };

struct radio_options {
	int channel;
	/* Places in the list of rates in radio.js; -1: the default. */
	int rate;
	const uint8_t *primary_key; /* 16 bytes, or NULL */
};

struct radio;

/*
 * Starts it; NULL, and in `trouble` why, where that fails. `wake` is a root of the machine (xsRemember) and lives as long as the radio: a
 * function that the host calls on the machine's task when a status or the first datagram has come, or there may be room to send.
 */
struct radio *radio_open(xsMachine *the, const struct radio_options *options, xsSlot *wake, const char **trouble);
/* 0: this host has none. */
int radio_present(void);
/* No call comes any more. */
void radio_close(struct radio *r);

uint64_t radio_address(struct radio *r);
int radio_mtu(struct radio *r);
int radio_most_peers(struct radio *r);
/* Where it is: Wi-Fi that is connected keeps its own. */
int radio_channel(struct radio *r);
/* RADIO_DONE or RADIO_FAILED. */
int radio_set_channel(struct radio *r, int channel);
/* A known peer gets the new options. `key`: 16 bytes, or NULL. */
int radio_add_peer(struct radio *r, uint64_t address, int rate, const uint8_t *key);
void radio_remove_peer(struct radio *r, uint64_t address);
/* 1 to mtu bytes to a peer, or to RADIO_BROADCAST. */
int radio_send(struct radio *r, uint64_t to, const uint8_t *bytes, uint32_t count);
/* The next status, and whose it is. */
int radio_status(struct radio *r, uint64_t *to);
/* Whether radio_send may do what it refused to. */
int radio_writable(struct radio *r);
/* To be told of the next status; then radio_status until there is none. */
void radio_listen(struct radio *r);
int radio_readable(struct radio *r);
/* Bytes of the oldest datagram; -1: there is none. `room`: at least mtu. */
int32_t radio_read(struct radio *r, uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi);
uint32_t radio_dropped(struct radio *r);

#endif
