/*
 * ESP-NOW (ESP-IDF v6.0) as a queue of datagrams: Wi-Fi in station mode without a connection, one frame at a time on the air, so that
 * statuses come in the order of sending (ESP-IDF promises no order otherwise). Frames that come are copied into a queue; whoever reads
 * is told of the first one alone. Nothing here knows XS, and nothing allocates: the caller supplies the memory.
 *
 * rv_espnow_open to rv_espnow_dropped are called from one task; `wake` is called from the driver's own.
 */
#ifndef RV_ESPNOW_H
#define RV_ESPNOW_H

#include <stdint.h>

/* Frames that wait to be sent, or for their status to be fetched. */
#define RV_ESPNOW_OUTSTANDING 16
/* Of ESP-NOW's 20 peers the broadcast address is one. */
#define RV_ESPNOW_PEERS 19
#define RV_ESPNOW_BROADCAST 0xffffffffffffull
#define RV_ESPNOW_KEY 16
/* Beside the two queues. */
#define RV_ESPNOW_OWN_BYTES 2048
#define RV_ESPNOW_RATES 12

enum { RV_ESPNOW_FULL = 0, RV_ESPNOW_DONE = 1, RV_ESPNOW_NO_PEER = -1, RV_ESPNOW_NO_PLACE = -2, RV_ESPNOW_FAILED = -3 };
enum { RV_ESPNOW_NO_STATUS = -1, RV_ESPNOW_LOST = 0, RV_ESPNOW_ACKNOWLEDGED = 1, RV_ESPNOW_SENT_TO_ALL = 2 };

typedef struct {
	int channel; /* 1 to 13 */
	/* Of unicast frames to peers that name none: 1M, 2M, 5M5, 11M, 6M, 12M, 24M, 36M, 48M, 54M, MCS0, MCS7, by number; -1: ESP-IDF's, 1 Mbit/s. */
	int rate;
	const uint8_t *primary_key; /* RV_ESPNOW_KEY bytes, or NULL */
	/* Bytes of the queues, powers of two: a frame takes its length and 12 more. */
	uint32_t received, sending;
	/* received + sending + RV_ESPNOW_OWN_BYTES, aligned to words; the driver's until rv_espnow_close has returned. */
	uint8_t *memory;
	/* Something can be read, or a status fetched. Not 0: it could not be passed on now, so it is called again a tick later. May wait. */
	int (*wake)(void);
} rv_espnow_options;

/* NULL, or a sentence that says what went wrong. Wi-Fi that is on already is used as it is, on its channel. */
const char *rv_espnow_open(const rv_espnow_options *options);
/* `wake` may be in a call yet, but is not called again. Frames that wait are dropped. */
void rv_espnow_close(void);

/* One's own address: 0x246f28aabbcc is 24:6f:28:aa:bb:cc. */
uint64_t rv_espnow_address(void);
/* Bytes of the longest frame: 1470 by version 2, 250 by version 1. */
int rv_espnow_mtu(void);
int rv_espnow_channel(void);
/* RV_ESPNOW_FAILED while Wi-Fi is connected to an access point, or where the country has no such channel. */
int rv_espnow_set_channel(int channel);
/* DONE, NO_PLACE or FAILED; a known peer gets the new rate and key (NULL: none). */
int rv_espnow_add_peer(uint64_t address, int rate, const uint8_t *key);
void rv_espnow_remove_peer(uint64_t address);
/* Copies 1 to mtu bytes: DONE, FULL, NO_PEER or FAILED (the length). */
int rv_espnow_send(uint64_t to, const uint8_t *bytes, uint32_t count);
/* Whether it may go on after FULL. */
int rv_espnow_writable(void);
/* In the order of sending. Behind a `wake`: listen first, then fetch until there is none. */
void rv_espnow_listen(void);
int rv_espnow_status(uint64_t *to);
int rv_espnow_readable(void);
/* Bytes of the oldest frame, -1: none. After that, and not before, `wake` comes for frames again. `room`: at least the mtu. */
int32_t rv_espnow_read(uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi);
/* Frames that found the queue full, since the driver was opened. */
uint32_t rv_espnow_dropped(void);

#endif
