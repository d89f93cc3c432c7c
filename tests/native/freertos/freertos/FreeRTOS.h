/* As much of FreeRTOS as hosts/esp32/worker.c uses, on POSIX threads (../freertos.c). */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

typedef void *TaskHandle_t, *SemaphoreHandle_t;
typedef struct { int unused; } StaticSemaphore_t;
typedef int BaseType_t;
typedef unsigned UBaseType_t;
typedef uint32_t TickType_t;
#define pdTRUE 1
#define pdPASS 1
#define portMAX_DELAY 0xffffffffu

BaseType_t xPortGetCoreID(void);

#endif
