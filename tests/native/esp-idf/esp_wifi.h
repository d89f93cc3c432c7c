/* As much of Wi-Fi as native/espnow-wifi.c uses. */
#ifndef ESP_WIFI_H
#define ESP_WIFI_H

#include <stdint.h>
#include "esp_err.h"
#include "esp_wifi_types_native.h"

typedef enum { WIFI_IF_STA, WIFI_IF_AP } wifi_interface_t;
typedef enum { WIFI_MODE_NULL, WIFI_MODE_STA, WIFI_MODE_AP, WIFI_MODE_APSTA } wifi_mode_t;
typedef enum { WIFI_SECOND_CHAN_NONE } wifi_second_chan_t;
typedef enum { WIFI_PS_NONE } wifi_ps_type_t;
typedef enum { WIFI_STORAGE_RAM } wifi_storage_t;
typedef enum { WIFI_PHY_MODE_11B = 1, WIFI_PHY_MODE_11G, WIFI_PHY_MODE_HT20 } wifi_phy_mode_t;
typedef enum {
	WIFI_PHY_RATE_1M_L, WIFI_PHY_RATE_2M_L, WIFI_PHY_RATE_5M_L, WIFI_PHY_RATE_11M_L, WIFI_PHY_RATE_48M = 8, WIFI_PHY_RATE_24M, WIFI_PHY_RATE_12M, WIFI_PHY_RATE_6M,
	WIFI_PHY_RATE_54M, WIFI_PHY_RATE_36M, WIFI_PHY_RATE_MCS0_LGI = 16, WIFI_PHY_RATE_MCS7_LGI = 23,
} wifi_phy_rate_t;
typedef struct { wifi_phy_mode_t phymode; wifi_phy_rate_t rate; _Bool ersu, dcm; } wifi_tx_rate_config_t;
typedef struct { int nvs_enable; } wifi_init_config_t;
typedef struct { int unused; } wifi_ap_record_t;
#define WIFI_INIT_CONFIG_DEFAULT() { 1 }
#define true 1
#define false 0

esp_err_t esp_wifi_init(const wifi_init_config_t *config);
esp_err_t esp_wifi_deinit(void);
esp_err_t esp_wifi_set_storage(wifi_storage_t storage);
esp_err_t esp_wifi_get_mode(wifi_mode_t *mode);
esp_err_t esp_wifi_set_mode(wifi_mode_t mode);
esp_err_t esp_wifi_start(void);
esp_err_t esp_wifi_stop(void);
esp_err_t esp_wifi_set_ps(wifi_ps_type_t type);
esp_err_t esp_wifi_set_channel(uint8_t primary, wifi_second_chan_t second);
esp_err_t esp_wifi_get_channel(uint8_t *primary, wifi_second_chan_t *second);
esp_err_t esp_wifi_get_mac(wifi_interface_t which, uint8_t *mac);
esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *info);

#endif
