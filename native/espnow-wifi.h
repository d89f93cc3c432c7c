/* What ESP-NOW needs of Wi-Fi (espnow-wifi.c): on, unconnected, on a channel; and its rates. */
#ifndef RV_ESPNOW_WIFI_H
#define RV_ESPNOW_WIFI_H

#include <stdint.h>

/* The Moddable SDK's search path lacks the folder of the chip's own types; ESP-IDF then declares them as opaque: it must not. */
#if !__has_include("esp_wifi_types_native.h")
#define wifi_pkt_rx_ctrl_t rv_opaque_rx_ctrl
#define wifi_csi_config_t rv_opaque_csi_config
#include "esp_wifi_types.h"
#undef wifi_pkt_rx_ctrl_t
#undef wifi_csi_config_t
#include "local/esp_wifi_types_native.h"
#endif
#include "esp_now.h"

/* NULL, or what went wrong. Wi-Fi that somebody else has started stays as it is. */
const char *rv_espnow_wifi_start(int channel);
/* Ends what rv_espnow_wifi_start has started. */
void rv_espnow_wifi_stop(void);
/* The one that is on. */
wifi_interface_t rv_espnow_wifi_interface(void);
void rv_espnow_wifi_address(uint8_t *mac);
/* By the numbers of espnow.h. */
esp_now_rate_config_t rv_espnow_rate(int rate);

#endif
