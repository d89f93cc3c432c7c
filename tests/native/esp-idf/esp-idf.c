/* ESP-IDF for native/espnow.c: FreeRTOS's task as a thread, Wi-Fi's as another, so that the sanitizers can look at both sides. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "air.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#define MOST_FRAMES 64
#define MOST_PEERS 20

uint32_t air_unheard, air_no_memory, air_version = 2;
int air_silent, air_others, air_connected, air_wifi, air_espnow, air_peers;
wifi_mode_t air_mode;
uint8_t air_channel;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t notified = PTHREAD_COND_INITIALIZER, queued = PTHREAD_COND_INITIALIZER;
static uint32_t notifications;
static void (*task_body)(void *);
static int calls, failing, started;
static struct { esp_now_peer_info_t info; int rate, mode; } peers[MOST_PEERS];
static struct frame { uint8_t to[6]; uint32_t count; uint8_t bytes[ESP_NOW_MAX_DATA_LEN_V2]; } sent[MOST_FRAMES];
static uint32_t sent_head, sent_tail, done; /* sent, taken by the test, and called back for */
static esp_now_recv_cb_t on_received;
static esp_now_send_cb_t on_sent;

static TickType_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (TickType_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static void *start_task(void *argument)
{
	task_body(argument);
	return 0;
}

BaseType_t xTaskCreate(void (*body)(void *), const char *name, uint32_t stack, void *argument, UBaseType_t priority, TaskHandle_t *task)
{
	pthread_t thread;
	(void)name, (void)stack, (void)priority;
	task_body = body;
	*task = &notifications;
	return pthread_create(&thread, 0, start_task, argument) == 0 ? pdPASS : 0;
}

BaseType_t xTaskNotifyGive(TaskHandle_t task)
{
	pthread_mutex_lock(&lock);
	++*(uint32_t *)task;
	pthread_cond_signal(&notified);
	pthread_mutex_unlock(&lock);
	return pdPASS;
}

uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks)
{
	struct timespec end;
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += ticks / 1000;
	end.tv_nsec += ticks % 1000 * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&lock);
	while (!notifications && (ticks == portMAX_DELAY ? pthread_cond_wait(&notified, &lock) : pthread_cond_timedwait(&notified, &lock, &end)) == 0)
		;
	uint32_t count = notifications;
	notifications = clear || !count ? 0 : count - 1;
	pthread_mutex_unlock(&lock);
	return count;
}

void vTaskDelay(TickType_t ticks)
{
	usleep(ticks * 1000);
}

TickType_t xTaskGetTickCount(void)
{
	return milliseconds();
}

int air_fail_at(int call)
{
	int before = calls;
	calls = 0;
	failing = call;
	return before;
}

/* Each call of the API during opening comes through here. */
static esp_err_t answer(void)
{
	return ++calls == failing ? ESP_FAIL : ESP_OK;
}

esp_err_t esp_netif_init(void) { return ESP_OK; }
esp_err_t esp_event_loop_create_default(void) { return ESP_OK; }
esp_err_t esp_wifi_init(const wifi_init_config_t *config) { return config->nvs_enable || answer() ? ESP_FAIL : (air_wifi = 1, ESP_OK); }
esp_err_t esp_wifi_deinit(void) { return air_wifi = 0, ESP_OK; }
esp_err_t esp_wifi_set_storage(wifi_storage_t storage) { return (void)storage, answer(); }
esp_err_t esp_wifi_get_mode(wifi_mode_t *mode) { return *mode = air_mode, air_others ? ESP_OK : ESP_ERR_WIFI_NOT_INIT; }
esp_err_t esp_wifi_set_mode(wifi_mode_t mode) { return mode != WIFI_MODE_STA ? ESP_FAIL : answer(); }
esp_err_t esp_wifi_start(void) { return answer() ? ESP_FAIL : (air_wifi = 2, ESP_OK); }
esp_err_t esp_wifi_stop(void) { return air_wifi = 1, ESP_OK; }
esp_err_t esp_wifi_set_ps(wifi_ps_type_t type) { return (void)type, answer(); }
esp_err_t esp_wifi_set_channel(uint8_t primary, wifi_second_chan_t second) { return (void)second, primary > 13 || answer() ? ESP_FAIL : (air_channel = primary, ESP_OK); }
esp_err_t esp_wifi_get_channel(uint8_t *primary, wifi_second_chan_t *second) { return *primary = air_channel, *second = WIFI_SECOND_CHAN_NONE, ESP_OK; }
esp_err_t esp_wifi_get_mac(wifi_interface_t which, uint8_t *mac) { return memcpy(mac, which == WIFI_IF_AP ? "\x24\x6f\x28\xaa\xbb\xcd" : "\x24\x6f\x28\xaa\xbb\xcc", 6), ESP_OK; }
esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *info) { return (void)info, air_connected ? ESP_OK : ESP_FAIL; }

/* The Wi-Fi task: calls back for each frame, some microseconds later. */
static void *wifi_task(void *unused)
{
	uint64_t random = 1;
	(void)unused;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (done == sent_head)
			pthread_cond_wait(&queued, &lock);
		struct frame *frame = &sent[done++ % MOST_FRAMES];
		uint8_t to[6];
		int heard = !air_unheard || frame->bytes[0] % air_unheard;
		esp_now_send_cb_t callback = air_silent ? NULL : on_sent;
		memcpy(to, frame->to, 6);
		pthread_mutex_unlock(&lock);
		random = random * 6364136223846793005u + 1442695040888963407u;
		if (random >> 62 == 0)
			usleep((useconds_t)(random >> 33) % 50);
		/* As in ESP-IDF: what was unregistered meanwhile may be called yet. */
		esp_now_send_info_t info = { to };
		if (callback)
			callback(&info, heard ? ESP_NOW_SEND_SUCCESS : ESP_NOW_SEND_FAIL);
		pthread_mutex_lock(&lock);
	}
	return 0;
}

esp_err_t esp_now_init(void)
{
	pthread_t thread;
	if (answer())
		return ESP_FAIL;
	pthread_mutex_lock(&lock);
	if (!started++)
		pthread_create(&thread, 0, wifi_task, 0);
	air_espnow = 1;
	pthread_mutex_unlock(&lock);
	return ESP_OK;
}

esp_err_t esp_now_deinit(void)
{
	pthread_mutex_lock(&lock);
	air_espnow = air_peers = 0;
	pthread_mutex_unlock(&lock);
	return ESP_OK;
}

esp_err_t esp_now_get_version(uint32_t *version) { return *version = air_version, ESP_OK; }
esp_err_t esp_now_set_pmk(const uint8_t *key) { return (void)key, answer(); }

static esp_err_t set_callbacks(esp_now_recv_cb_t received, esp_now_send_cb_t has_sent, int which)
{
	pthread_mutex_lock(&lock);
	if (which)
		on_sent = has_sent;
	else
		on_received = received;
	pthread_mutex_unlock(&lock);
	return ESP_OK;
}

esp_err_t esp_now_register_recv_cb(esp_now_recv_cb_t callback) { return answer() ? ESP_FAIL : set_callbacks(callback, NULL, 0); }
esp_err_t esp_now_unregister_recv_cb(void) { return set_callbacks(NULL, NULL, 0); }
esp_err_t esp_now_register_send_cb(esp_now_send_cb_t callback) { return answer() ? ESP_FAIL : set_callbacks(NULL, callback, 1); }
esp_err_t esp_now_unregister_send_cb(void) { return set_callbacks(NULL, NULL, 1); }

static int place_of(const uint8_t *mac)
{
	for (int i = 0; i < air_peers; i++)
		if (memcmp(peers[i].info.peer_addr, mac, 6) == 0)
			return i;
	return -1;
}

esp_err_t esp_now_send(const uint8_t *peer, const uint8_t *data, size_t length)
{
	static uint32_t asked;
	pthread_mutex_lock(&lock);
	esp_err_t error = !air_espnow ? ESP_FAIL : place_of(peer) < 0 ? ESP_ERR_ESPNOW_NOT_FOUND : length < 1 || length > ESP_NOW_MAX_DATA_LEN_V2 ? ESP_FAIL
		: (air_no_memory && ++asked % air_no_memory == 0) || sent_head - sent_tail == MOST_FRAMES ? ESP_ERR_ESPNOW_NO_MEM : ESP_OK;
	if (error == ESP_OK) {
		struct frame *frame = &sent[sent_head++ % MOST_FRAMES];
		memcpy(frame->to, peer, 6);
		memcpy(frame->bytes, data, length);
		frame->count = (uint32_t)length;
		pthread_cond_signal(&queued);
	}
	pthread_mutex_unlock(&lock);
	return error;
}

static esp_err_t put_peer(const esp_now_peer_info_t *peer, int known)
{
	pthread_mutex_lock(&lock);
	int place = place_of(peer->peer_addr);
	esp_err_t error = (place >= 0) != known ? ESP_FAIL : !known && air_peers == MOST_PEERS ? ESP_ERR_ESPNOW_FULL : answer();
	if (error == ESP_OK) {
		if (place < 0) {
			place = air_peers++;
			peers[place].rate = peers[place].mode = -1;
		}
		peers[place].info = *peer;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

esp_err_t esp_now_add_peer(const esp_now_peer_info_t *peer) { return put_peer(peer, 0); }
esp_err_t esp_now_mod_peer(const esp_now_peer_info_t *peer) { return put_peer(peer, 1); }

esp_err_t esp_now_del_peer(const uint8_t *peer)
{
	pthread_mutex_lock(&lock);
	int place = place_of(peer);
	if (place >= 0)
		peers[place] = peers[--air_peers];
	pthread_mutex_unlock(&lock);
	return place >= 0 ? ESP_OK : ESP_ERR_ESPNOW_NOT_FOUND;
}

_Bool esp_now_is_peer_exist(const uint8_t *peer)
{
	pthread_mutex_lock(&lock);
	int place = place_of(peer);
	pthread_mutex_unlock(&lock);
	return place >= 0;
}

esp_err_t esp_now_set_peer_rate_config(const uint8_t *peer, esp_now_rate_config_t *config)
{
	pthread_mutex_lock(&lock);
	int place = place_of(peer);
	esp_err_t error = place < 0 ? ESP_ERR_ESPNOW_NOT_FOUND : answer();
	if (error == ESP_OK) {
		peers[place].rate = (int)config->rate;
		peers[place].mode = (int)config->phymode;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

static void mac_of(uint8_t *mac, uint64_t address)
{
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)(address >> (40 - 8 * i));
}

const esp_now_peer_info_t *air_peer(uint64_t address, int *rate, int *mode)
{
	uint8_t mac[6];
	mac_of(mac, address);
	int place = place_of(mac);
	if (place < 0)
		return NULL;
	*rate = peers[place].rate;
	*mode = peers[place].mode;
	return &peers[place].info;
}

int32_t air_take(uint64_t *to, uint8_t *into)
{
	int32_t count = -1;
	pthread_mutex_lock(&lock);
	if (sent_tail != done) {
		struct frame *frame = &sent[sent_tail++ % MOST_FRAMES];
		*to = 0;
		for (int i = 0; i < 6; i++)
			*to = *to << 8 | frame->to[i];
		count = (int32_t)frame->count;
		memcpy(into, frame->bytes, frame->count);
	}
	pthread_mutex_unlock(&lock);
	return count;
}

void air_receive(uint64_t from, int8_t rssi, const uint8_t *bytes, int count)
{
	uint8_t mac[6], all[6];
	wifi_pkt_rx_ctrl_t control = { rssi };
	esp_now_recv_info_t info = { mac, all, &control };
	mac_of(mac, from);
	memset(all, 0xff, 6);
	pthread_mutex_lock(&lock);
	esp_now_recv_cb_t callback = on_received;
	pthread_mutex_unlock(&lock);
	if (callback)
		callback(&info, bytes, count);
}
