/* The radio of hosts that have none: included once, by their radio.c. */
#ifndef RV_XS_NO_RADIO_H
#define RV_XS_NO_RADIO_H

#include <stddef.h>
#include "radio.h"

int radio_present(void)
{
	return 0;
}

struct radio *radio_open(xsMachine *the, const struct radio_options *options, xsSlot *wake, const char **trouble)
{
	(void)the, (void)options, (void)wake;
	*trouble = "this host has no radio";
	return NULL;
}

/* Nobody has one to call these with. */
void radio_close(struct radio *r) { (void)r; }
uint64_t radio_address(struct radio *r) { (void)r; return 0; }
int radio_mtu(struct radio *r) { (void)r; return 0; }
int radio_most_peers(struct radio *r) { (void)r; return 0; }
int radio_channel(struct radio *r) { (void)r; return 0; }
int radio_set_channel(struct radio *r, int channel) { (void)r, (void)channel; return RADIO_FAILED; }
int radio_add_peer(struct radio *r, uint64_t address, int rate, const uint8_t *key) { (void)r, (void)address, (void)rate, (void)key; return RADIO_FAILED; }
void radio_remove_peer(struct radio *r, uint64_t address) { (void)r, (void)address; }
int radio_send(struct radio *r, uint64_t to, const uint8_t *bytes, uint32_t count) { (void)r, (void)to, (void)bytes, (void)count; return RADIO_FAILED; }
int radio_status(struct radio *r, uint64_t *to) { (void)r, (void)to; return RADIO_NO_STATUS; }
int radio_writable(struct radio *r) { (void)r; return 0; }
void radio_listen(struct radio *r) { (void)r; }
int radio_readable(struct radio *r) { (void)r; return 0; }
int32_t radio_read(struct radio *r, uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi) { (void)r, (void)into, (void)room, (void)from, (void)rssi; return -1; }
uint32_t radio_dropped(struct radio *r) { (void)r; return 0; }

#endif
