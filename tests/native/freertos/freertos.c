/* The task of hosts/esp32/worker.c as a thread, so that the thread sanitizer can look at it. */
#include <pthread.h>
#include <semaphore.h>
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

static sem_t notified, binary;
static void (*task_body)(void *);

BaseType_t xPortGetCoreID(void)
{
	return 0;
}

static void *start(void *argument)
{
	task_body(argument);
	return 0;
}

BaseType_t xTaskCreatePinnedToCore(void (*body)(void *), const char *name, uint32_t stack, void *argument, UBaseType_t priority, TaskHandle_t *task, BaseType_t core)
{
	pthread_t thread;
	(void)name, (void)stack, (void)priority, (void)core;
	sem_init(&notified, 0, 0);
	task_body = body;
	*task = &notified;
	return pthread_create(&thread, 0, start, argument) == 0 ? pdPASS : 0;
}

UBaseType_t uxTaskPriorityGet(TaskHandle_t task)
{
	(void)task;
	return 1;
}

BaseType_t xTaskNotifyGive(TaskHandle_t task)
{
	return sem_post(task) == 0;
}

uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks)
{
	uint32_t count = 1;
	(void)ticks;
	sem_wait(&notified);
	while (clear && sem_trywait(&notified) == 0)
		count++;
	return count;
}

SemaphoreHandle_t xSemaphoreCreateBinaryStatic(StaticSemaphore_t *memory)
{
	(void)memory;
	sem_init(&binary, 0, 0);
	return &binary;
}

/* Binary: giving twice is giving once. */
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore)
{
	int value;
	sem_getvalue(semaphore, &value);
	return value == 0 && sem_post(semaphore) == 0;
}

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks)
{
	(void)ticks;
	return sem_wait(semaphore) == 0;
}
