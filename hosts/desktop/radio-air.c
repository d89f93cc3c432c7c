/* The thread of a radio: see radio-air.h. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "radio-air.h"

/* Header of a datagram: magic, kind, channel, sender's port, sequence number, each number with its low byte first. */
enum { MAGIC_0 = 0x52, MAGIC_1 = 0xfe, HEADER = 8 };
enum { TO_ONE, TO_ALL, ACKNOWLEDGEMENT };
#define ROUND 64 /* datagrams that are read before anything else is looked at */

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void air_poke(const int *pipe)
{
	/* Full: then there are bytes enough in it. */
	while (write(pipe[1], "", 1) < 0 && errno == EINTR)
		;
}

void air_hush(const int *pipe)
{
	char bytes[64];
	while (read(pipe[0], bytes, sizeof(bytes)) > 0 || errno == EINTR)
		;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint32_t draw(struct air *a)
{
	uint64_t z = a->settings.seed += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static void transmit(const struct air *a, int port, const uint8_t *datagram, size_t bytes)
{
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	/* One that is lost here is lost on the air. */
	sendto(a->fd, datagram, bytes, MSG_DONTWAIT, (struct sockaddr *)&there, sizeof(there));
}

static void write_header(struct air *a, uint8_t *header, int kind, uint16_t sequence)
{
	const uint8_t bytes[HEADER] = { MAGIC_0, MAGIC_1, (uint8_t)kind, (uint8_t)atomic_load(&a->channel), (uint8_t)a->port, (uint8_t)(a->port >> 8), (uint8_t)sequence, (uint8_t)(sequence >> 8) };
	memcpy(header, bytes, HEADER);
}

static void tell(struct air *a, uint64_t to, int status)
{
	/* There is room: the program lets no more frames out than this queue holds. */
	if (rv_radio_queue_push(&a->statuses, to, status, NULL, 0) == 2)
		air_poke(a->to_program);
}

static void on_the_air(struct air *a)
{
	int port = AIR_PORT(a->to);
	write_header(a, a->frame, TO_ONE, a->sequence);
	/* Other addresses are of boards that are not here; and none hears itself. */
	if (a->to == AIR_ADDRESS(port) && port >= a->settings.first && port < a->settings.first + AIR_PORTS && port != a->port)
		transmit(a, port, a->frame, HEADER + a->count);
	a->deadline = now() + AIR_PATIENCE;
	a->tries++;
}

/* One frame at a time is on the air, so statuses keep the order of frames. */
static void send_next(struct air *a)
{
	int32_t count, note;
	while (!a->waits && (count = rv_radio_queue_pop(&a->sending, &a->to, &note, a->frame + HEADER, AIR_LONGEST)) >= 0) {
		a->count = (uint32_t)count;
		a->sequence++;
		if (a->to != AIR_ALL) {
			a->waits = 1;
			a->tries = 0;
			on_the_air(a);
			continue;
		}
		write_header(a, a->frame, TO_ALL, a->sequence);
		for (int port = a->settings.first; port < a->settings.first + AIR_PORTS; port++)
			if (port != a->port)
				transmit(a, port, a->frame, HEADER + a->count);
		tell(a, AIR_ALL, AIR_SENT_TO_ALL);
	}
}

static void take(struct air *a, uint64_t from, const uint8_t *bytes, uint32_t count)
{
	int pushed = rv_radio_queue_push(&a->received, from, 0, bytes, count);
	if (!pushed)
		atomic_fetch_add(&a->dropped, 1);
	else if (pushed == 2)
		air_poke(a->to_program);
}

static void heard(struct air *a, int port, const uint8_t *datagram, uint32_t bytes)
{
	uint16_t sequence = (uint16_t)(datagram[6] | datagram[7] << 8);
	uint64_t from = AIR_ADDRESS(port);
	int kind = datagram[2];
	if (kind == ACKNOWLEDGEMENT) {
		if (a->waits && from == a->to && sequence == a->sequence) {
			a->waits = 0;
			tell(a, from, AIR_ACKNOWLEDGED);
		}
		return;
	}
	if (kind > ACKNOWLEDGEMENT || bytes == HEADER || bytes > HEADER + AIR_LONGEST)
		return;
	if (kind == TO_ONE) {
		uint8_t answer[HEADER];
		int32_t *last = &a->last_sequence[port - a->settings.first];
		write_header(a, answer, ACKNOWLEDGEMENT, sequence);
		transmit(a, port, answer, HEADER);
		/* Sent again, since the acknowledgement was late. */
		if (*last == sequence)
			return;
		*last = sequence;
	}
	if (a->settings.loss && draw(a) < a->settings.loss)
		return;
	if (!a->settings.delay) {
		take(a, from, datagram + HEADER, bytes - HEADER);
		return;
	}
	/* The time stands in front of the bytes, over the header. */
	uint8_t late[HEADER + AIR_LONGEST];
	int64_t due = now() + a->settings.delay;
	memcpy(late, &due, sizeof(due));
	memcpy(late + sizeof(due), datagram + HEADER, bytes - HEADER);
	if (!rv_radio_queue_push(&a->delayed, from, 0, late, bytes))
		atomic_fetch_add(&a->dropped, 1);
}

static void receive(struct air *a)
{
	uint8_t datagram[HEADER + AIR_LONGEST + 1];
	for (int i = 0; i < ROUND; i++) {
		struct sockaddr_in there;
		socklen_t size = sizeof(there);
		ssize_t n = recvfrom(a->fd, datagram, sizeof(datagram), MSG_DONTWAIT, (struct sockaddr *)&there, &size);
		if (n < 0)
			return;
		int port = ntohs(there.sin_port);
		/* Strangers, and boards on other channels. */
		if (n < HEADER || there.sin_addr.s_addr != htonl(INADDR_LOOPBACK) || port < a->settings.first || port >= a->settings.first + AIR_PORTS
			|| datagram[0] != MAGIC_0 || datagram[1] != MAGIC_1 || datagram[3] != atomic_load(&a->channel) || (datagram[4] | datagram[5] << 8) != port)
			continue;
		heard(a, port, datagram, (uint32_t)n);
	}
}

/* Moves on what has been late for long enough; gives the time at which the next one is due, or -1. */
static int64_t deliver_late(struct air *a, int64_t at)
{
	static const int64_t none = -1;
	while (a->late_count || rv_radio_queue_waits(&a->delayed)) {
		int32_t note;
		if (!a->late_count) {
			a->late_count = (uint32_t)rv_radio_queue_pop(&a->delayed, &a->late_from, &note, a->late, sizeof(a->late));
			memcpy(&a->late_due, a->late, sizeof(a->late_due));
		}
		if (a->late_due > at)
			return a->late_due;
		take(a, a->late_from, a->late + HEADER, a->late_count - HEADER);
		a->late_count = 0;
	}
	return none;
}

static void *run(void *argument)
{
	struct air *a = argument;
	while (!atomic_load(&a->closing)) {
		send_next(a);
		int64_t at = now(), due = deliver_late(a, at);
		if (a->waits && at >= a->deadline) {
			if (a->tries < AIR_TRIES)
				on_the_air(a);
			else {
				a->waits = 0;
				tell(a, a->to, AIR_LOST);
				continue;
			}
		}
		if (a->waits && (due < 0 || a->deadline < due))
			due = a->deadline;
		int64_t left = due - at > 0 ? due - at : 0;
		struct timeval timeout = { (time_t)(left / 1000000), (suseconds_t)(left % 1000000) };
		fd_set readable;
		FD_ZERO(&readable);
		FD_SET(a->fd, &readable);
		FD_SET(a->to_thread[0], &readable);
		if (select((a->fd > a->to_thread[0] ? a->fd : a->to_thread[0]) + 1, &readable, NULL, NULL, due < 0 ? NULL : &timeout) <= 0)
			continue;
		if (FD_ISSET(a->to_thread[0], &readable))
			air_hush(a->to_thread);
		if (FD_ISSET(a->fd, &readable))
			receive(a);
	}
	return NULL;
}

/* Not waited for, not inherited by the program that deep sleep starts; and select knows no others. */
static int prepare(int fd)
{
	return fd >= 0 && fd < FD_SETSIZE && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static int bind_first_free(struct air *a)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	for (a->port = a->settings.first; a->port < a->settings.first + AIR_PORTS; a->port++) {
		here.sin_port = htons((uint16_t)a->port);
		if (bind(a->fd, (struct sockaddr *)&here, sizeof(here)) == 0)
			return 1;
	}
	return 0;
}

static void close_all(struct air *a)
{
	const int all[] = { a->fd, a->to_thread[0], a->to_thread[1], a->to_program[0], a->to_program[1] };
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
}

static const char *open_all(struct air *a)
{
	const int room = 1 << 20;
	a->to_thread[0] = a->to_thread[1] = a->to_program[0] = a->to_program[1] = -1;
	a->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (!prepare(a->fd) || pipe(a->to_thread) || pipe(a->to_program) || !prepare(a->to_thread[0]) || !prepare(a->to_thread[1]) || !prepare(a->to_program[0]) || !prepare(a->to_program[1]))
		return "there are no sockets or pipes left for it; close some files";
	/* As much as the system allows: the thread may wait for a processor. */
	setsockopt(a->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return bind_first_free(a) ? NULL : "all 64 UDP ports of this swarm are taken; end one of its processes, or set RUVLLM_RADIO_PORT to another first port";
}

const char *air_start(struct air *a)
{
	uint8_t *memory = a->memory;
	rv_radio_queue_init(&a->delayed, memory, AIR_DELAYED);
	rv_radio_queue_init(&a->sending, memory += AIR_DELAYED, AIR_SENDING);
	rv_radio_queue_init(&a->received, memory += AIR_SENDING, AIR_RECEIVED);
	rv_radio_queue_init(&a->statuses, memory += AIR_RECEIVED, AIR_STATUSES);
	const char *trouble = open_all(a);
	if (!trouble) {
		sigset_t all, before;
		/* Another one than the process had that used this port before. */
		a->sequence = (uint16_t)(now() ^ getpid());
		a->settings.seed += (uint64_t)a->port << 32;
		for (int i = 0; i < AIR_PORTS; i++)
			a->last_sequence[i] = -1;
		/* Signals are the program's. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		if (pthread_create(&a->thread, NULL, run, a))
			trouble = "there is no thread left for it";
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (trouble)
		close_all(a);
	return trouble;
}

void air_stop(struct air *a)
{
	atomic_store(&a->closing, 1);
	air_poke(a->to_thread);
	pthread_join(a->thread, NULL);
	close_all(a);
}
