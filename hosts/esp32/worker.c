/*
 * The second core of the ESP32 and the ESP32-S3: a task that is tied to the core where the machine was not
 * when it started. The machine's own task is tied to none; when the scheduler puts both on one core they
 * take turns, which is slower and as right.
 */
#include <stdatomic.h>
#include <stddef.h>
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "sdkconfig.h"
#include "worker.h"

#ifdef RV_HAS_WORKER

/* Kernels keep their state in registers and some words. */
#define STACK_BYTES 2048
/* Looks before sleeping: the halves are alike, so one side waits for the other a few microseconds. */
#define LOOKS 400

static TaskHandle_t task;
static SemaphoreHandle_t ended;
static StaticSemaphore_t ended_memory;
static void (*part)(void *);
static void *argument;
static atomic_int running, asleep;

static void loop(void *unused)
{
	(void)unused;
	for (;;) {
		ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
		part(argument);
		atomic_store_explicit(&running, 0, memory_order_seq_cst);
		/* The flag is up when the other side sleeps, or is about to: then, and only then, it takes the semaphore. */
		if (atomic_exchange_explicit(&asleep, 0, memory_order_seq_cst))
			xSemaphoreGive(ended);
	}
}

static void run(void (*p)(void *), void *a)
{
	part = p;
	argument = a;
	atomic_store_explicit(&running, 1, memory_order_release);
	xTaskNotifyGive(task);
}

static void wait_for_part(void)
{
	for (int i = 0; i < LOOKS; i++)
		if (!atomic_load_explicit(&running, memory_order_acquire))
			return;
	do {
		atomic_store_explicit(&asleep, 1, memory_order_seq_cst);
		/* It may have ended meanwhile: whoever takes the flag back knows whether the semaphore is given. */
		if (!atomic_load_explicit(&running, memory_order_seq_cst) && atomic_exchange_explicit(&asleep, 0, memory_order_seq_cst))
			return;
		xSemaphoreTake(ended, portMAX_DELAY);
		/* The part before this one may have seen the flag late, and given the semaphore: look again. */
	} while (atomic_load_explicit(&running, memory_order_seq_cst));
}

const rv_worker *rv_worker_start(void)
{
	static const rv_worker worker = { run, wait_for_part };
	if (!ended)
		ended = xSemaphoreCreateBinaryStatic(&ended_memory);
	if (!task && xTaskCreatePinnedToCore(loop, "ruvllm", STACK_BYTES, NULL, uxTaskPriorityGet(NULL), &task, 1 - xPortGetCoreID()) != pdPASS)
		return NULL;
	return &worker;
}

#endif
