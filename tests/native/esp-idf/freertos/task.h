/* One task is enough here. */
BaseType_t xTaskCreate(void (*body)(void *), const char *name, uint32_t stack, void *argument, UBaseType_t priority, TaskHandle_t *task);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
void vTaskDelay(TickType_t ticks);
TickType_t xTaskGetTickCount(void);
