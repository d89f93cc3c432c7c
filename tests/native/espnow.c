/* The ESP-NOW driver between three threads: this one in the place of the machine's task, the driver's, and Wi-Fi's (esp-idf/esp-idf.c). */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#include "air.h"
#include "check.h"
#include "espnow.h"

#define RECEIVED 8192
#define SENDING 4096
#define PEER(n) (0x246f28000000ull + (uint64_t)(n))

static atomic_int woken, refuse_wake;
static uint8_t key[RV_ESPNOW_KEY];

static int wake(void)
{
	if (atomic_load(&refuse_wake) > 0 && atomic_fetch_sub(&refuse_wake, 1) > 0)
		return -2;
	atomic_fetch_add(&woken, 1);
	return 0;
}

/* The memory is a block of its own, so that the sanitizers see the first byte too many, and any use behind the close. */
static uint8_t *memory;

static rv_espnow_options options(int channel)
{
	memory = allocate(RECEIVED + SENDING + RV_ESPNOW_OWN_BYTES);
	return (rv_espnow_options){ .channel = channel, .rate = -1, .received = RECEIVED, .sending = SENDING, .memory = memory, .wake = wake };
}

static void open_driver(void)
{
	rv_espnow_options o = options(6);
	const char *trouble = rv_espnow_open(&o);
	CHECK(trouble == NULL, "%s", trouble);
}

static void close_driver(void)
{
	rv_espnow_close();
	free(memory);
}

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Opening, with each call that can fail failing in its turn: a sentence, nothing left on, and the next opening is as ever. */
static void failures(void)
{
	int all, wrong = 0;
	open_driver();
	all = air_fail_at(0);
	close_driver();
	CHECK(all >= 9, "%d calls can fail", all);
	for (int call = 1; call <= all; call++) {
		rv_espnow_options o = options(6);
		air_fail_at(call);
		const char *trouble = rv_espnow_open(&o);
		air_fail_at(0);
		wrong += !trouble || strlen(trouble) < 20 || air_wifi || air_espnow;
		CHECK(trouble && !air_wifi && !air_espnow, "call %d: %s, Wi-Fi %d, ESP-NOW %d", call, trouble ? trouble : "no trouble", air_wifi, air_espnow);
		free(memory);
		open_driver();
		close_driver();
	}
	CHECK(wrong == 0 && !air_wifi, "%d", wrong);
	rv_espnow_options o = options(14);
	CHECK(rv_espnow_open(&o) != NULL && !air_wifi, "channel 14");
	free(memory);
}

static void others_wifi(void)
{
	open_driver();
	rv_espnow_options second = { 0 };
	CHECK(rv_espnow_open(&second) != NULL, "opened twice");
	CHECK(air_channel == 6 && rv_espnow_channel() == 6 && rv_espnow_address() == 0x246f28aabbccull && rv_espnow_mtu() == 1470, "channel %d", air_channel);
	CHECK(rv_espnow_set_channel(11) == RV_ESPNOW_DONE && air_channel == 11 && rv_espnow_set_channel(14) == RV_ESPNOW_FAILED, "channel %d", air_channel);
	close_driver();
	CHECK(!air_wifi, "its own Wi-Fi stays on");
	/* Another's Wi-Fi, connected: its channel stays, and it stays on. */
	air_others = air_connected = 1;
	air_wifi = 2;
	air_channel = 3;
	air_version = 1;
	air_mode = WIFI_MODE_NULL;
	rv_espnow_options o = options(6);
	CHECK(rv_espnow_open(&o) != NULL, "Wi-Fi is off");
	free(memory);
	air_mode = WIFI_MODE_STA;
	open_driver();
	CHECK(rv_espnow_channel() == 3 && rv_espnow_set_channel(6) == RV_ESPNOW_FAILED && rv_espnow_mtu() == 250, "channel %d", rv_espnow_channel());
	close_driver();
	air_mode = WIFI_MODE_AP;
	open_driver();
	CHECK(rv_espnow_address() == 0x246f28aabbcdull, "the access point's address");
	close_driver();
	CHECK(air_wifi == 2, "another's Wi-Fi was ended");
	air_others = air_connected = air_wifi = 0;
	air_version = 2;
}

static void peers(void)
{
	static const int RATES[][2] = { { 1, 0 }, { 1, 1 }, { 1, 2 }, { 1, 3 }, { 2, 11 }, { 2, 10 }, { 2, 9 }, { 2, 13 }, { 2, 8 }, { 2, 12 }, { 3, 16 }, { 3, 23 } };
	int rate, mode;
	const esp_now_peer_info_t *info;
	open_driver();
	CHECK(rv_espnow_send(PEER(1), key, 4) == RV_ESPNOW_NO_PEER, "no peer");
	for (int n = 1; n <= RV_ESPNOW_PEERS; n++)
		CHECK(rv_espnow_add_peer(PEER(n), n - 2 < RV_ESPNOW_RATES ? n - 2 : -1, n % 2 ? key : NULL) == RV_ESPNOW_DONE, "peer %d", n);
	CHECK(rv_espnow_add_peer(PEER(99), -1, NULL) == RV_ESPNOW_NO_PLACE, "a place too many");
	for (int n = 1; n <= RV_ESPNOW_PEERS; n++) {
		info = air_peer(PEER(n), &rate, &mode);
		int set = n >= 2 && n - 2 < RV_ESPNOW_RATES;
		CHECK(info && info->channel == 0 && info->encrypt == (n % 2 == 1) && (!info->encrypt || memcmp(info->lmk, key, sizeof(key)) == 0), "peer %d", n);
		CHECK(rate == (set ? RATES[n - 2][1] : -1) && mode == (set ? RATES[n - 2][0] : -1), "peer %d: rate %d, mode %d", n, rate, mode);
	}
	/* Known: a new key and rate, and back to 1 Mbit/s. */
	CHECK(rv_espnow_add_peer(PEER(2), 11, key) == RV_ESPNOW_DONE && (info = air_peer(PEER(2), &rate, &mode))->encrypt && rate == 23, "changed");
	CHECK(rv_espnow_add_peer(PEER(2), -1, NULL) == RV_ESPNOW_DONE && !(info = air_peer(PEER(2), &rate, &mode))->encrypt && rate == 0, "changed back");
	rv_espnow_remove_peer(PEER(5));
	rv_espnow_remove_peer(PEER(5));
	rv_espnow_remove_peer(RV_ESPNOW_BROADCAST);
	CHECK(rv_espnow_send(PEER(5), key, 4) == RV_ESPNOW_NO_PEER && rv_espnow_send(RV_ESPNOW_BROADCAST, key, 4) == RV_ESPNOW_DONE, "removed");
	/* A rate that is refused: the peer is not half there. */
	air_fail_at(2);
	CHECK(rv_espnow_add_peer(PEER(99), 3, NULL) == RV_ESPNOW_FAILED && !air_peer(PEER(99), &rate, &mode), "refused");
	air_fail_at(0);
	uint8_t frame[1471] = { 0 };
	CHECK(rv_espnow_send(PEER(1), frame, 0) == RV_ESPNOW_FAILED && rv_espnow_send(PEER(1), frame, 1471) == RV_ESPNOW_FAILED && rv_espnow_send(PEER(1), frame, 1470) == RV_ESPNOW_DONE, "lengths");
	close_driver();
	/* What was on its way is called back for, and taken off the air. */
	usleep(20000);
	for (uint64_t to; air_take(&to, frame) >= 0;)
		;
}

/* All frames arrive as they were, in order, and their statuses too, whatever esp_now_send says in between. */
static void sending(uint32_t frames)
{
	static struct { uint32_t count; uint8_t first; uint64_t to; } sent[4096];
	uint8_t frame[1470], there[1470];
	uint32_t asked = 0, told = 0, full = 0, taken = 0;
	int64_t end = milliseconds() + 60000;
	open_driver();
	for (int n = 0; n < 5; n++)
		rv_espnow_add_peer(PEER(n), -1, NULL);
	air_unheard = 5;
	air_no_memory = 7;
	while (told < frames && milliseconds() < end) {
		uint64_t to;
		while (asked < frames && asked - told < 4000) {
			uint32_t place = asked % 4096;
			sent[place].count = 1 + (below(3) ? below(250) : below(1470));
			sent[place].first = (uint8_t)random64();
			sent[place].to = below(6) ? PEER(below(5)) : RV_ESPNOW_BROADCAST;
			for (uint32_t i = 0; i < sent[place].count; i++)
				frame[i] = (uint8_t)(sent[place].first + i);
			int answer = rv_espnow_send(sent[place].to, frame, sent[place].count);
			if (answer != RV_ESPNOW_DONE) {
				CHECK(answer == RV_ESPNOW_FULL, "frame %u: %d", asked, answer);
				full++;
				break;
			}
			asked++;
		}
		CHECK(asked - told <= RV_ESPNOW_OUTSTANDING, "%u outstanding", asked - told);
		rv_espnow_listen();
		for (int status; (status = rv_espnow_status(&to)) != RV_ESPNOW_NO_STATUS; told++) {
			uint32_t place = told % 4096;
			CHECK(to == sent[place].to && status == (to == RV_ESPNOW_BROADCAST ? RV_ESPNOW_SENT_TO_ALL : sent[place].first % 5 ? RV_ESPNOW_ACKNOWLEDGED : RV_ESPNOW_LOST), "frame %u: status %d", told, status);
		}
		for (int32_t count; (count = air_take(&to, there)) >= 0; taken++) {
			uint32_t place = taken % 4096;
			int same = count == (int32_t)sent[place].count && to == sent[place].to;
			for (int32_t i = 0; i < count && same; i++)
				same = there[i] == (uint8_t)(sent[place].first + i);
			CHECK(same, "frame %u is another", taken);
		}
		usleep(20);
	}
	CHECK(told == frames && taken == frames && full > 0 && rv_espnow_writable(), "%u of %u statuses, %u frames, full %u times", told, frames, taken, full);
	air_unheard = air_no_memory = 0;
	/* A peer that goes while its frame waits; and a send callback that never comes. */
	uint64_t to;
	air_silent = 1;
	CHECK(rv_espnow_send(PEER(1), frame, 1) == RV_ESPNOW_DONE, "sent");
	CHECK(rv_espnow_send(PEER(2), frame, 1) == RV_ESPNOW_DONE, "sent");
	rv_espnow_remove_peer(PEER(2));
	int statuses[2] = { RV_ESPNOW_NO_STATUS, RV_ESPNOW_NO_STATUS };
	for (int i = 0; i < 2; i++)
		for (end = milliseconds() + 10000; (statuses[i] = rv_espnow_status(&to)) == RV_ESPNOW_NO_STATUS && milliseconds() < end;)
			usleep(1000);
	CHECK(statuses[0] == RV_ESPNOW_LOST && statuses[1] == RV_ESPNOW_LOST, "%d %d", statuses[0], statuses[1]);
	while (air_take(&to, there) >= 0)
		;
	air_silent = 0;
	close_driver();
}

static atomic_int injecting, injected;

static void *inject(void *argument)
{
	uint8_t frame[1600];
	uint32_t random = 12345;
	int most = *(int *)argument;
	for (int n = 0; n < most && atomic_load(&injecting); n++) {
		random = random * 1664525u + 1013904223u;
		/* Lengths that are none too: the driver must not believe them. */
		int count = random >> 28 == 0 ? (int)(random >> 8 & 15) - 12 : random >> 28 == 1 ? 1471 + (int)(random >> 8 & 63) : 1 + (int)(random >> 8) % (random >> 29 ? 200 : 1470);
		for (int i = 0; i < count; i++)
			frame[i] = (uint8_t)(n + i);
		air_receive(PEER(n), (int8_t)(-(n & 63)), frame, count);
		atomic_fetch_add(&injected, count >= 1 && count <= 1470);
		if (random >> 30 == 0)
			usleep(100);
	}
	atomic_store(&injecting, 0);
	return NULL;
}

/* Another task receives; this one reads when it is woken, and only then. */
static void receiving(int frames)
{
	pthread_t thread;
	uint8_t into[1470];
	uint64_t from, last = 0;
	int32_t count, rssi;
	int read = 0, wakes = 0, rounds = 0;
	atomic_store(&injecting, 1);
	atomic_store(&injected, 0);
	open_driver();
	atomic_store(&woken, 0);
	atomic_store(&refuse_wake, 3);
	pthread_create(&thread, NULL, inject, &frames);
	for (int64_t end = milliseconds() + 60000; milliseconds() < end;) {
		int over = !atomic_load(&injecting);
		if (atomic_exchange(&woken, 0)) {
			wakes++;
			while ((count = rv_espnow_read(into, sizeof(into), &from, &rssi)) >= 0) {
				uint32_t n = (uint32_t)(from - PEER(0));
				int same = (read == 0 || from > last) && rssi == -(int32_t)(n & 63);
				for (int32_t i = 0; i < count && same; i++)
					same = into[i] == (uint8_t)(n + (uint32_t)i);
				CHECK(same, "frame %u of %d bytes", n, count);
				last = from;
				read++;
			}
			if (++rounds % 50 == 0)
				usleep(3000);
		}
		else if (over && read + (int)rv_espnow_dropped() == atomic_load(&injected))
			break;
		else
			usleep(50);
	}
	pthread_join(thread, NULL);
	CHECK(read + (int)rv_espnow_dropped() == atomic_load(&injected), "%d read, %u dropped, %d came", read, rv_espnow_dropped(), atomic_load(&injected));
	CHECK(read > 0 && wakes <= read, "%d wakes for %d frames", wakes, read);
	/* Unread: dropped and counted, and told of once. */
	uint32_t before = rv_espnow_dropped();
	for (int n = 0; n < 100; n++)
		air_receive(PEER(n), 0, into, 250);
	usleep(50000);
	CHECK(rv_espnow_dropped() - before == 100 - RECEIVED / 262 && atomic_load(&woken) == 1 && rv_espnow_readable(), "%u dropped, told %d times", rv_espnow_dropped() - before, atomic_load(&woken));
	close_driver();
}

/* Closed, and its memory given back, while frames come and go. */
static void closing(int rounds)
{
	pthread_t thread;
	int endless = 1 << 30;
	uint8_t frame[250] = { 1 }, into[1470];
	uint64_t from;
	int32_t rssi;
	atomic_store(&injecting, 1);
	pthread_create(&thread, NULL, inject, &endless);
	for (int i = 0; i < rounds; i++) {
		open_driver();
		rv_espnow_add_peer(PEER(1), -1, NULL);
		for (int n = (int)below(20); n > 0; n--)
			rv_espnow_send(below(2) ? PEER(1) : RV_ESPNOW_BROADCAST, frame, 1 + below(250));
		usleep(below(2000));
		rv_espnow_read(into, sizeof(into), &from, &rssi);
		rv_espnow_status(&from);
		close_driver();
		CHECK(!air_wifi && !air_espnow, "round %d", i);
		while (air_take(&from, into) >= 0)
			;
	}
	atomic_store(&injecting, 0);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	start(argc, argv, "espnow");
	for (int i = 0; i < RV_ESPNOW_KEY; i++)
		key[i] = (uint8_t)random64();
	failures();
	others_wifi();
	peers();
	sending(3000);
	receiving(20000);
	closing(300);
	return finish();
}
