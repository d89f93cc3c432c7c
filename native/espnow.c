/* ESP-NOW: see espnow.h. The callbacks of the Wi-Fi task only copy and tell; a task of the driver's own sends and wakes. */
#ifdef ESP_PLATFORM

#include <string.h>
#include "espnow.h"
#include "espnow-wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "radio-queue.h"

#define STACK_BYTES 3072
/* Above the machine's task, below Wi-Fi's (23). */
#define PRIORITY 15
/* ESP-IDF calls back for every frame that it took; a driver that waits for ever would hang when it did not. */
#define PATIENCE pdMS_TO_TICKS(500)
#define STATUS_BYTES 512
#define LONGEST ESP_NOW_MAX_DATA_LEN_V2

enum { NOTHING, ACKNOWLEDGED, LOST };

typedef int (*wake_function)(void);

static struct {
	int rate;
	_Atomic(wake_function) wake;
	rv_radio_queue received, sending, statuses;
	TaskHandle_t task;
	/* Who is in the queues' memory: it goes back to its owner when nobody is, and nobody comes while `open` is 0. */
	atomic_int open, inside;
	atomic_int news, outcome;
	atomic_uint dropped;
	int outstanding, mtu;
	/* The task's own: the frame that waits for memory, or for its status. */
	int held, on_air;
	uint64_t to;
	uint32_t count;
	TickType_t since;
	uint8_t *frame;
} espnow;

static void to_bytes(uint8_t *mac, uint64_t address)
{
	for (int i = 0; i < ESP_NOW_ETH_ALEN; i++)
		mac[i] = (uint8_t)(address >> (40 - 8 * i));
}

static uint64_t to_number(const uint8_t *mac)
{
	uint64_t address = 0;
	for (int i = 0; i < ESP_NOW_ETH_ALEN; i++)
		address = address << 8 | mac[i];
	return address;
}

static int enter(void)
{
	atomic_fetch_add(&espnow.inside, 1);
	if (atomic_load(&espnow.open))
		return 1;
	atomic_fetch_sub(&espnow.inside, 1);
	return 0;
}

static void leave(void)
{
	atomic_fetch_sub(&espnow.inside, 1);
}

static void on_received(const esp_now_recv_info_t *info, const uint8_t *data, int length)
{
	if (!enter())
		return;
	if (length > 0 && length <= LONGEST) {
		int pushed = rv_radio_queue_push(&espnow.received, to_number(info->src_addr), info->rx_ctrl ? info->rx_ctrl->rssi : 0, data, (uint32_t)length);
		if (!pushed)
			atomic_fetch_add(&espnow.dropped, 1);
		else if (pushed == 2) {
			atomic_store(&espnow.news, 1);
			xTaskNotifyGive(espnow.task);
		}
	}
	leave();
}

static void on_sent(const esp_now_send_info_t *info, esp_now_send_status_t status)
{
	(void)info;
	if (!enter())
		return;
	atomic_store(&espnow.outcome, status == ESP_NOW_SEND_SUCCESS ? ACKNOWLEDGED : LOST);
	xTaskNotifyGive(espnow.task);
	leave();
}

static void tell(int status)
{
	espnow.on_air = 0;
	/* There is room: no more frames are out than this queue holds. */
	if (rv_radio_queue_push(&espnow.statuses, espnow.to, espnow.to == RV_ESPNOW_BROADCAST ? RV_ESPNOW_SENT_TO_ALL : status, NULL, 0) == 2)
		atomic_store(&espnow.news, 1);
}

static void send_held(void)
{
	uint8_t mac[ESP_NOW_ETH_ALEN];
	to_bytes(mac, espnow.to);
	atomic_store(&espnow.outcome, NOTHING);
	esp_err_t error = esp_now_send(mac, espnow.frame, espnow.count);
	if (error == ESP_ERR_ESPNOW_NO_MEM)
		return;
	espnow.held = 0;
	espnow.on_air = error == ESP_OK;
	espnow.since = xTaskGetTickCount();
	if (error != ESP_OK)
		tell(RV_ESPNOW_LOST);
}

/* Ends the frame on the air, sends the next ones; gives whether `wake` has to be called, and how long to wait for news. */
static int work(TickType_t *wait)
{
	int32_t count, note;
	*wait = portMAX_DELAY;
	if (!enter())
		return 0;
	if (espnow.on_air) {
		int outcome = atomic_exchange(&espnow.outcome, NOTHING);
		if (outcome != NOTHING || xTaskGetTickCount() - espnow.since >= PATIENCE)
			tell(outcome == ACKNOWLEDGED ? RV_ESPNOW_ACKNOWLEDGED : RV_ESPNOW_LOST);
	}
	if (espnow.held)
		send_held();
	while (!espnow.on_air && !espnow.held && (count = rv_radio_queue_pop(&espnow.sending, &espnow.to, &note, espnow.frame, LONGEST)) >= 0) {
		espnow.held = 1;
		espnow.count = (uint32_t)count;
		send_held();
	}
	/* Memory is asked for again a tick later. */
	if (espnow.held || espnow.on_air)
		*wait = espnow.held ? 1 : PATIENCE;
	leave();
	return atomic_exchange(&espnow.news, 0);
}

static void run(void *unused)
{
	TickType_t wait = portMAX_DELAY;
	(void)unused;
	for (;;) {
		ulTaskNotifyTake(pdTRUE, wait);
		if (work(&wait) && atomic_load(&espnow.wake)()) {
			atomic_store(&espnow.news, 1);
			wait = 1;
		}
	}
}

static esp_now_peer_info_t peer_of(uint64_t address, const uint8_t *key)
{
	esp_now_peer_info_t peer = { .channel = 0, .ifidx = rv_espnow_wifi_interface(), .encrypt = key != NULL };
	to_bytes(peer.peer_addr, address);
	if (key)
		memcpy(peer.lmk, key, ESP_NOW_KEY_LEN);
	return peer;
}

static const char *start(const rv_espnow_options *options)
{
	uint32_t version = 1;
	esp_now_peer_info_t all = peer_of(RV_ESPNOW_BROADCAST, NULL);
	if (esp_now_init() != ESP_OK)
		return "ESP-NOW does not start: Wi-Fi is off, or the memory is short";
	if (esp_now_get_version(&version) != ESP_OK)
		version = 1;
	espnow.mtu = version >= 2 ? ESP_NOW_MAX_DATA_LEN_V2 : ESP_NOW_MAX_DATA_LEN;
	if ((options->primary_key && esp_now_set_pmk(options->primary_key) != ESP_OK) || esp_now_add_peer(&all) != ESP_OK)
		return "ESP-NOW refuses the primary key, or the broadcast address";
	if (!espnow.task && xTaskCreate(run, "espnow", STACK_BYTES, NULL, PRIORITY, &espnow.task) != pdPASS)
		return "there is no memory for the radio's task";
	atomic_store(&espnow.open, 1);
	if (esp_now_register_recv_cb(on_received) != ESP_OK || esp_now_register_send_cb(on_sent) != ESP_OK)
		return "ESP-NOW takes no callbacks";
	return NULL;
}

static void stop(void)
{
	atomic_store(&espnow.open, 0);
	esp_now_unregister_recv_cb();
	esp_now_unregister_send_cb();
	esp_now_deinit();
	/* What is inside never waits for anything. */
	while (atomic_load(&espnow.inside))
		vTaskDelay(1);
	rv_espnow_wifi_stop();
}

const char *rv_espnow_open(const rv_espnow_options *options)
{
	uint8_t *memory = options->memory;
	if (atomic_load(&espnow.open))
		return "the radio is in use: close the other Radio first";
	const char *trouble = rv_espnow_wifi_start(options->channel);
	if (trouble)
		return trouble;
	espnow.rate = options->rate;
	atomic_store(&espnow.wake, options->wake);
	rv_radio_queue_init(&espnow.received, memory, options->received);
	rv_radio_queue_init(&espnow.sending, memory += options->received, options->sending);
	rv_radio_queue_init(&espnow.statuses, memory += options->sending, STATUS_BYTES);
	espnow.frame = memory + STATUS_BYTES;
	espnow.outstanding = espnow.held = espnow.on_air = 0;
	atomic_store(&espnow.news, 0);
	atomic_store(&espnow.dropped, 0);
	trouble = start(options);
	if (trouble)
		stop();
	return trouble;
}

void rv_espnow_close(void)
{
	if (atomic_load(&espnow.open))
		stop();
}

int rv_espnow_mtu(void)
{
	return espnow.mtu;
}

uint64_t rv_espnow_address(void)
{
	uint8_t mac[ESP_NOW_ETH_ALEN] = { 0 };
	rv_espnow_wifi_address(mac);
	return to_number(mac);
}

int rv_espnow_add_peer(uint64_t address, int rate, const uint8_t *key)
{
	esp_now_peer_info_t peer = peer_of(address, key);
	int known = esp_now_is_peer_exist(peer.peer_addr);
	esp_err_t error = known ? esp_now_mod_peer(&peer) : esp_now_add_peer(&peer);
	if (error == ESP_ERR_ESPNOW_FULL)
		return RV_ESPNOW_NO_PLACE;
	if (error != ESP_OK)
		return RV_ESPNOW_FAILED;
	if (rate < 0)
		rate = espnow.rate;
	/* A known peer may have had another. */
	if (rate < 0 && !known)
		return RV_ESPNOW_DONE;
	esp_now_rate_config_t config = rv_espnow_rate(rate < 0 ? 0 : rate);
	if (esp_now_set_peer_rate_config(peer.peer_addr, &config) == ESP_OK)
		return RV_ESPNOW_DONE;
	if (!known)
		esp_now_del_peer(peer.peer_addr);
	return RV_ESPNOW_FAILED;
}

void rv_espnow_remove_peer(uint64_t address)
{
	uint8_t mac[ESP_NOW_ETH_ALEN];
	to_bytes(mac, address);
	if (address != RV_ESPNOW_BROADCAST)
		esp_now_del_peer(mac);
}

int rv_espnow_send(uint64_t to, const uint8_t *bytes, uint32_t count)
{
	uint8_t mac[ESP_NOW_ETH_ALEN];
	to_bytes(mac, to);
	if (count == 0 || count > (uint32_t)espnow.mtu)
		return RV_ESPNOW_FAILED;
	if (!esp_now_is_peer_exist(mac))
		return RV_ESPNOW_NO_PEER;
	int pushed = espnow.outstanding < RV_ESPNOW_OUTSTANDING ? rv_radio_queue_push(&espnow.sending, to, 0, bytes, count) : 0;
	if (!pushed)
		return RV_ESPNOW_FULL;
	espnow.outstanding++;
	if (pushed == 2)
		xTaskNotifyGive(espnow.task);
	return RV_ESPNOW_DONE;
}

int rv_espnow_writable(void)
{
	return espnow.outstanding < RV_ESPNOW_OUTSTANDING;
}

void rv_espnow_listen(void)
{
	rv_radio_queue_listen(&espnow.statuses);
}

int rv_espnow_status(uint64_t *to)
{
	int32_t status;
	if (rv_radio_queue_pop(&espnow.statuses, to, &status, NULL, 0) < 0)
		return RV_ESPNOW_NO_STATUS;
	espnow.outstanding--;
	return status;
}

int rv_espnow_readable(void)
{
	return rv_radio_queue_waits(&espnow.received);
}

int32_t rv_espnow_read(uint8_t *into, uint32_t room, uint64_t *from, int32_t *rssi)
{
	return rv_radio_queue_pop(&espnow.received, from, rssi, into, room);
}

uint32_t rv_espnow_dropped(void)
{
	return atomic_load(&espnow.dropped);
}

#endif
