/* What the test sees of the stand-in for ESP-IDF (esp-idf.c), and how it disturbs it. */
#ifndef AIR_H
#define AIR_H

#include <stdint.h>
#include "esp_now.h"

/* What a frame's receiver does, by its first byte: 1 in so many is not acknowledged; 0: all are. */
extern uint32_t air_unheard;
/* 1 in so many calls of esp_now_send finds no memory; 0: none. */
extern uint32_t air_no_memory;
/* No send callback comes. */
extern int air_silent;
extern uint32_t air_version;
/* Another's Wi-Fi, or none (WIFI_MODE_NULL with `air_others` 0). */
extern int air_others, air_connected;
extern wifi_mode_t air_mode;
/* The call of this number, from the last reset on, fails; 0: none. Gives how many there were. */
int air_fail_at(int call);

/* What is on now. */
extern int air_wifi, air_espnow, air_peers;
extern uint8_t air_channel;
/* The peer of this address, and the rate that was set for it (NULL, -1: none). */
const esp_now_peer_info_t *air_peer(uint64_t address, int *rate, int *mode);

/* Frames that were sent: a copy of the oldest; -1: none. */
int32_t air_take(uint64_t *to, uint8_t *into);
/* A frame is received, on the caller's thread. */
void air_receive(uint64_t from, int8_t rssi, const uint8_t *bytes, int count);

#endif
