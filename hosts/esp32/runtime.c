/* Port runtime, on a board. */
#include "xsmc.h"
#include "xsHost.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

/* A program that fails at once restarts at this pace, so that what it printed can be read. */
#define PAUSE_AFTER_FAILURE_MS 5000
#define PAUSE_MS 100

void xs_runtime_host(xsMachine *the)
{
	xsmcSetString(xsResult, CONFIG_IDF_TARGET);
}

void xs_runtime_exit(xsMachine *the)
{
	int code = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) & 255 : 0;
#ifdef mxDebug
	xsLog("\n#exit %d\n", code);
#endif
	vTaskDelay(pdMS_TO_TICKS(code ? PAUSE_AFTER_FAILURE_MS : PAUSE_MS));
	esp_restart();
}
