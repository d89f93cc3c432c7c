/* As much of FreeRTOS as native/espnow.c uses, on POSIX threads (../esp-idf.c); a tick is a millisecond. */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

typedef void *TaskHandle_t;
typedef int BaseType_t;
typedef unsigned UBaseType_t;
typedef uint32_t TickType_t;
#define pdTRUE 1
#define pdPASS 1
#define portMAX_DELAY 0xffffffffu
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms))

#endif
