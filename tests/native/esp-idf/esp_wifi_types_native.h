/* Of a received frame. */
#ifndef ESP_WIFI_TYPES_NATIVE_H
#define ESP_WIFI_TYPES_NATIVE_H

typedef struct { signed rssi : 8; } wifi_pkt_rx_ctrl_t;

#endif
