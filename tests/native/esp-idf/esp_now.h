/* As much of ESP-NOW as native/espnow.c uses. */
#ifndef ESP_NOW_H
#define ESP_NOW_H

#include <stddef.h>
#include <stdint.h>
#include "esp_wifi.h"

#define ESP_NOW_ETH_ALEN 6
#define ESP_NOW_KEY_LEN 16
#define ESP_NOW_MAX_DATA_LEN 250
#define ESP_NOW_MAX_DATA_LEN_V2 1470

typedef enum { ESP_NOW_SEND_SUCCESS, ESP_NOW_SEND_FAIL } esp_now_send_status_t;
typedef struct {
	uint8_t peer_addr[6], lmk[16], channel;
	wifi_interface_t ifidx;
	_Bool encrypt;
	void *priv;
} esp_now_peer_info_t;
typedef struct { uint8_t *src_addr, *des_addr; wifi_pkt_rx_ctrl_t *rx_ctrl; } esp_now_recv_info_t;
typedef struct { uint8_t *des_addr; } esp_now_send_info_t;
typedef wifi_tx_rate_config_t esp_now_rate_config_t;
typedef void (*esp_now_recv_cb_t)(const esp_now_recv_info_t *info, const uint8_t *data, int length);
typedef void (*esp_now_send_cb_t)(const esp_now_send_info_t *info, esp_now_send_status_t status);

esp_err_t esp_now_init(void);
esp_err_t esp_now_deinit(void);
esp_err_t esp_now_get_version(uint32_t *version);
esp_err_t esp_now_set_pmk(const uint8_t *key);
esp_err_t esp_now_register_recv_cb(esp_now_recv_cb_t callback);
esp_err_t esp_now_unregister_recv_cb(void);
esp_err_t esp_now_register_send_cb(esp_now_send_cb_t callback);
esp_err_t esp_now_unregister_send_cb(void);
esp_err_t esp_now_send(const uint8_t *peer, const uint8_t *data, size_t length);
esp_err_t esp_now_add_peer(const esp_now_peer_info_t *peer);
esp_err_t esp_now_mod_peer(const esp_now_peer_info_t *peer);
esp_err_t esp_now_del_peer(const uint8_t *peer);
_Bool esp_now_is_peer_exist(const uint8_t *peer);
esp_err_t esp_now_set_peer_rate_config(const uint8_t *peer, esp_now_rate_config_t *config);

#endif
