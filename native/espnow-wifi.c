/* Wi-Fi for ESP-NOW: see espnow-wifi.h. Station mode, no connection, no settings kept in flash, no modem sleep. */
#ifdef ESP_PLATFORM

#include "espnow-wifi.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "espnow.h"

static wifi_interface_t interface;
static int own;

static const char *start_own(int channel)
{
	wifi_init_config_t config = WIFI_INIT_CONFIG_DEFAULT();
	config.nvs_enable = 0;
	/* Both may have been made before, by the SDK's own Wi-Fi. */
	esp_netif_init();
	esp_event_loop_create_default();
	if (esp_wifi_init(&config) != ESP_OK)
		return "Wi-Fi does not start: there is not memory enough for its buffers";
	own = 1;
	if (esp_wifi_set_storage(WIFI_STORAGE_RAM) != ESP_OK || esp_wifi_set_mode(WIFI_MODE_STA) != ESP_OK || esp_wifi_start() != ESP_OK)
		return "Wi-Fi does not start in station mode";
	if (esp_wifi_set_ps(WIFI_PS_NONE) != ESP_OK || esp_wifi_set_channel((uint8_t)channel, WIFI_SECOND_CHAN_NONE) != ESP_OK)
		return "Wi-Fi refuses the channel; 12 and 13 need a country that has them (esp_wifi_set_country_code)";
	return NULL;
}

const char *rv_espnow_wifi_start(int channel)
{
	wifi_mode_t mode = WIFI_MODE_NULL;
	const char *trouble = NULL;
	own = 0;
	interface = WIFI_IF_STA;
	esp_err_t error = esp_wifi_get_mode(&mode);
	if (error == ESP_ERR_WIFI_NOT_INIT)
		trouble = start_own(channel);
	else if (error != ESP_OK || mode == WIFI_MODE_NULL)
		trouble = "Wi-Fi is there, but off; start it, or leave it to the radio";
	else if (mode == WIFI_MODE_AP)
		interface = WIFI_IF_AP;
	if (trouble)
		rv_espnow_wifi_stop();
	return trouble;
}

void rv_espnow_wifi_stop(void)
{
	if (!own)
		return;
	own = 0;
	esp_wifi_stop();
	esp_wifi_deinit();
}

wifi_interface_t rv_espnow_wifi_interface(void)
{
	return interface;
}

void rv_espnow_wifi_address(uint8_t *mac)
{
	esp_wifi_get_mac(interface, mac);
}

int rv_espnow_channel(void)
{
	uint8_t primary = 0;
	wifi_second_chan_t second;
	return esp_wifi_get_channel(&primary, &second) == ESP_OK ? primary : 0;
}

int rv_espnow_set_channel(int channel)
{
	wifi_ap_record_t access_point;
	if (interface == WIFI_IF_STA && esp_wifi_sta_get_ap_info(&access_point) == ESP_OK)
		return RV_ESPNOW_FAILED;
	return esp_wifi_set_channel((uint8_t)channel, WIFI_SECOND_CHAN_NONE) == ESP_OK ? RV_ESPNOW_DONE : RV_ESPNOW_FAILED;
}

esp_now_rate_config_t rv_espnow_rate(int rate)
{
	static const struct {
		wifi_phy_mode_t mode;
		wifi_phy_rate_t rate;
	} rates[RV_ESPNOW_RATES] = {
		{ WIFI_PHY_MODE_11B, WIFI_PHY_RATE_1M_L }, { WIFI_PHY_MODE_11B, WIFI_PHY_RATE_2M_L }, { WIFI_PHY_MODE_11B, WIFI_PHY_RATE_5M_L },
		{ WIFI_PHY_MODE_11B, WIFI_PHY_RATE_11M_L }, { WIFI_PHY_MODE_11G, WIFI_PHY_RATE_6M }, { WIFI_PHY_MODE_11G, WIFI_PHY_RATE_12M },
		{ WIFI_PHY_MODE_11G, WIFI_PHY_RATE_24M }, { WIFI_PHY_MODE_11G, WIFI_PHY_RATE_36M }, { WIFI_PHY_MODE_11G, WIFI_PHY_RATE_48M },
		{ WIFI_PHY_MODE_11G, WIFI_PHY_RATE_54M }, { WIFI_PHY_MODE_HT20, WIFI_PHY_RATE_MCS0_LGI }, { WIFI_PHY_MODE_HT20, WIFI_PHY_RATE_MCS7_LGI },
	};
	esp_now_rate_config_t config = { .phymode = rates[rate].mode, .rate = rates[rate].rate, .ersu = false, .dcm = false };
	return config;
}

#endif
