/*
 * The low-power core: ULP-RISC-V of the ESP32-S2 and S3, LP core of the ESP32-C6. The ESP32's has no RISC-V instructions,
 * the ESP32-C3 has none. Its memory is the beginning of RTC slow memory, which deep sleep keeps.
 */
#include "gate-core.h"

#if RV_GATE_ULP_RISCV || RV_GATE_LP_CORE
#include "soc/soc.h"
#include "sleep.h"

#if RV_GATE_ULP_RISCV
#include "ulp_riscv.h"
#define LOAD ulp_riscv_load_binary
#else
#include "ulp_lp_core.h"
#define LOAD ulp_lp_core_load_binary
#endif

uint8_t *sleep_gate_memory(uint32_t *size)
{
	*size = CONFIG_ULP_COPROC_RESERVE_MEM;
	return (uint8_t *)SOC_RTC_DATA_LOW;
}

int sleep_gate_stop(void)
{
#if RV_GATE_ULP_RISCV
	ulp_riscv_timer_stop();
	ulp_riscv_halt();
#else
	ulp_lp_core_stop();
#endif
	return 0;
}

int sleep_gate_load(const uint8_t *image, uint32_t size)
{
	sleep_gate_stop();
	return LOAD(image, size) == ESP_OK ? 0 : SLEEP_GATE_SIZE;
}

int sleep_gate_start(uint32_t microseconds)
{
#if RV_GATE_ULP_RISCV
	esp_err_t error = ulp_set_wakeup_period(0, microseconds);
	if (error == ESP_OK)
		error = ulp_riscv_run();
#else
	/* It starts now, and sets its timer when it halts. */
	ulp_lp_core_cfg_t settings = {
		.wakeup_source = ULP_LP_CORE_WAKEUP_SOURCE_HP_CPU | ULP_LP_CORE_WAKEUP_SOURCE_LP_TIMER,
		.lp_timer_sleep_duration_us = microseconds,
	};
	esp_err_t error = ulp_lp_core_run(&settings);
#endif
	return error == ESP_OK ? 0 : SLEEP_REFUSED;
}

#else
#include "no-gate.h"
#endif
