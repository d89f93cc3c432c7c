/* The desktop's radio, its thread against this one: two radios exchange frames, while strangers send them anything. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "check.h"
#include "radio-air.h"

/* Of another swarm than other runs', as far as process ids tell; between those of other tests and the systems' own. */
#define FIRST_PORT (23040 + (int)(getpid() % 20) * AIR_PORTS)

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct air *start_air(struct air_settings settings, int channel)
{
	struct air *a = allocate(sizeof(*a));
	memset(a, 0, sizeof(*a));
	a->settings = settings;
	atomic_init(&a->channel, channel);
	const char *trouble = air_start(a);
	CHECK(trouble == NULL, "%s", trouble);
	if (trouble)
		exit(finish());
	return a;
}

static void stop_air(struct air *a)
{
	air_stop(a);
	free(a);
}

/* Frames to b and to all; every status in order, and what b reads as it was sent. */
static void exchange(struct air_settings settings, int frames, int reads)
{
	struct air *a = start_air(settings, 6), *b = start_air(settings, 6);
	uint8_t frame[AIR_LONGEST], into[AIR_LONGEST];
	uint32_t lengths[1000], got = 0, last = 0;
	uint64_t to, receivers[1000];
	int32_t note, count;
	int sent = 0, statuses = 0, wrong = 0;
	for (int64_t end = milliseconds() + 60000, quiet = 0; milliseconds() < end;) {
		while (sent < frames && sent - statuses < 16) {
			lengths[sent] = 4 + below(below(3) ? 250 : AIR_LONGEST - 3);
			receivers[sent] = below(8) ? AIR_ADDRESS(b->port) : AIR_ALL;
			for (uint32_t i = 0; i < lengths[sent]; i++)
				frame[i] = (uint8_t)(i < 4 ? (uint32_t)sent >> 8 * i : (uint32_t)sent + i);
			if (rv_radio_queue_push(&a->sending, receivers[sent], 0, frame, lengths[sent]) == 2)
				air_poke(a->to_thread);
			sent++;
		}
		air_hush(a->to_program);
		rv_radio_queue_listen(&a->statuses);
		for (; rv_radio_queue_pop(&a->statuses, &to, &note, NULL, 0) >= 0; statuses++)
			wrong += to != receivers[statuses] || note != (to == AIR_ALL ? AIR_SENT_TO_ALL : AIR_ACKNOWLEDGED);
		air_hush(b->to_program);
		while (reads && (count = rv_radio_queue_pop(&b->received, &to, &note, into, sizeof(into))) >= 0) {
			uint32_t n = (uint32_t)(into[0] | into[1] << 8);
			int same = to == AIR_ADDRESS(a->port) && n < (uint32_t)sent && count == (int32_t)lengths[n] && (got == 0 || n > last);
			for (int32_t i = 4; i < count && same; i++)
				same = into[i] == (uint8_t)(n + (uint32_t)i);
			wrong += !same;
			last = n;
			got++;
		}
		if (statuses == frames && !quiet)
			quiet = milliseconds() + 50 + settings.delay / 1000;
		if (quiet && milliseconds() > quiet)
			break;
	}
	uint32_t dropped = atomic_load(&b->dropped), lost = (uint32_t)frames - got - dropped;
	CHECK(statuses == frames && wrong == 0, "%d of %d statuses, %d wrong", statuses, frames, wrong);
	if (!settings.loss && reads)
		CHECK(lost == 0, "%u read, %u dropped, of %d", got, dropped, frames);
	else if (reads)
		CHECK(lost > (uint32_t)frames / 8 && lost < (uint32_t)frames * 3 / 8, "%u of %d lost, not about a quarter", lost, frames);
	else
		CHECK(dropped > 0 && dropped < (uint32_t)frames, "%u of %d dropped", dropped, frames);
	stop_air(a);
	stop_air(b);
}

/* Nobody there: a status for each, false, after ten tries. */
static void dead(struct air_settings settings)
{
	struct air *a = start_air(settings, 6);
	const uint64_t nobody[] = { AIR_ADDRESS(settings.first + 60), 0x246f28aabbccull, AIR_ADDRESS(a->port) };
	uint64_t to;
	int32_t note;
	for (int i = 0; i < 3; i++) {
		int64_t start = milliseconds();
		if (rv_radio_queue_push(&a->sending, nobody[i], 0, (const uint8_t *)"x", 1) == 2)
			air_poke(a->to_thread);
		while (rv_radio_queue_pop(&a->statuses, &to, &note, NULL, 0) < 0 && milliseconds() - start < 10000)
			usleep(500);
		CHECK(to == nobody[i] && note == AIR_LOST && milliseconds() - start >= AIR_TRIES * AIR_PATIENCE / 1000 - 2, "after %d ms: %d", (int)(milliseconds() - start), note);
	}
	stop_air(a);
}

/* Datagrams of any bytes, from a port inside the swarm and one outside: none is read, but those with a right header. */
static void strangers(struct air_settings settings)
{
	struct air *b = start_air(settings, 6);
	uint8_t bytes[2000], into[AIR_LONGEST];
	uint64_t from;
	int32_t note, count;
	for (int inside = 0; inside < 2; inside++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0), right = 0, read = 0;
		int port = settings.first + (inside ? 40 : AIR_PORTS + 5);
		struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
		struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)b->port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
		int bound = bind(fd, (struct sockaddr *)&here, sizeof(here));
		for (int i = 0; i < 2000 && !bound; i++) {
			uint32_t length = below(4) ? below(40) : below(2000);
			for (uint32_t k = 0; k < length; k++)
				bytes[k] = (uint8_t)random64();
			/* A header, with a fault or without. */
			if (length >= 8 && below(3)) {
				const uint8_t header[8] = { 0x52, 0xfe, (uint8_t)below(4), (uint8_t)(6 + !below(4)), (uint8_t)port, (uint8_t)(port >> 8), (uint8_t)i, (uint8_t)(i >> 8) };
				memcpy(bytes, header, 8);
				right += inside && length > 8 && length <= 8 + AIR_LONGEST && header[2] <= 1 && header[3] == 6;
			}
			sendto(fd, bytes, length, 0, (struct sockaddr *)&there, sizeof(there));
			if (i % 16 == 15)
				usleep(500);
			while ((count = rv_radio_queue_pop(&b->received, &from, &note, into, sizeof(into))) >= 0) {
				CHECK(count >= 1 && from == AIR_ADDRESS(port), "%d bytes from %llx", count, (unsigned long long)from);
				read++;
			}
		}
		usleep(20000);
		while (rv_radio_queue_pop(&b->received, &from, &note, into, sizeof(into)) >= 0)
			read++;
		read += (int)atomic_load(&b->dropped);
		CHECK(bound || read == right, "%d read, %d were right", read, right);
		close(fd);
	}
	stop_air(b);
}

int main(int argc, char **argv)
{
	struct air_settings plain = { .first = FIRST_PORT, .seed = 1 }, lossy = plain, late = plain;
	start(argc, argv, "radio-air");
	lossy.loss = 1u << 30;
	late.delay = 3000;
	for (int i = 0; i < 5; i++) {
		exchange(plain, 1000, 1);
		exchange(lossy, 1000, 1);
		exchange(late, 300, 1);
	}
	exchange(plain, 200, 0);
	dead(plain);
	strangers(plain);
	return finish();
}
