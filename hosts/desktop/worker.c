/*
 * The second core: a thread. Parts of a token last microseconds, so both sides look for each other in a
 * loop for a while before they sleep.
 */
#define RV_HAS_WORKER 1
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include "worker.h"

/* About twenty microseconds: longer than the pause between two products of a token. */
#define LOOKS 2000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* Parts given and parts done; what belongs to a part is written before `given` and read behind it. */
static atomic_uint given, done;
static void (*part)(void *);
static void *argument;

static void pause_a_little(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* Returns when the counter has another value than `old`. */
static void await_change(atomic_uint *counter, unsigned old)
{
	for (int i = 0; i < LOOKS; i++) {
		if (atomic_load_explicit(counter, memory_order_acquire) != old)
			return;
		/* Where both sides were put on one core, looking alone would wait for nothing. */
		if (i % 32 == 31)
			sched_yield();
		else
			pause_a_little();
	}
	pthread_mutex_lock(&mutex);
	while (atomic_load_explicit(counter, memory_order_acquire) == old)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
}

/* The lock keeps the change from falling between the other side's last look and its sleep. */
static void count_up(atomic_uint *counter)
{
	pthread_mutex_lock(&mutex);
	atomic_fetch_add_explicit(counter, 1, memory_order_release);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

static void *loop(void *unused)
{
	(void)unused;
	for (unsigned seen = 0;; seen++) {
		await_change(&given, seen);
		part(argument);
		count_up(&done);
	}
	return NULL;
}

static void run(void (*p)(void *), void *a)
{
	part = p;
	argument = a;
	count_up(&given);
}

static void wait_for_part(void)
{
	unsigned all = atomic_load_explicit(&given, memory_order_relaxed);
	await_change(&done, all - 1);
}

const rv_worker *rv_worker_start(void)
{
	static const rv_worker worker = { run, wait_for_part };
	static int started;
	pthread_t thread;
	if (!started && pthread_create(&thread, NULL, loop, NULL) == 0) {
		pthread_detach(thread);
		started = 1;
	}
	return started ? &worker : NULL;
}
