/* Tasks: one is enough here. */
BaseType_t xTaskCreatePinnedToCore(void (*body)(void *), const char *name, uint32_t stack, void *argument, UBaseType_t priority, TaskHandle_t *task, BaseType_t core);
UBaseType_t uxTaskPriorityGet(TaskHandle_t task);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
