/*
 * The port for ULP-RISC-V of the ESP32-S2 and S3: samples of an analog input, by ESP-IDF's ulp component, which this file needs.
 * The main processor has called ulp_riscv_adc_init() for the unit. Another sensor (I2C: ulp_riscv_i2c_ulp_core.h) takes another
 * read(). No board has run this yet.
 *
 * A sensor's frame is read once for each start, which the timer makes (startGate's microseconds). Sound is read without halting, at
 * the times that the core's own counter says; what the gate's work is late for is counted as overruns.
 */
#include "ulp_riscv_adc_ulp_core.h"
#include "ulp_riscv_utils.h"
#include "port.h"

#ifndef ULP_ADC_UNIT
#define ULP_ADC_UNIT ADC_UNIT_1
#endif
#ifndef ULP_ADC_CHANNEL
#define ULP_ADC_CHANNEL 0 /* of the first of the table's channels; the others follow */
#endif

enum { MIDDLE = 2048, TO_16_BITS = 16 };

void ulp_begin(void)
{
	ulp_riscv_rescue_from_monitor();
}

/* 12 bits, without a sign. A failed conversion is the middle: no spike. */
static int16_t read(int32_t channel)
{
	int32_t raw = ulp_riscv_adc_read_channel(ULP_ADC_UNIT, ULP_ADC_CHANNEL + channel);
	return (int16_t)(raw < 0 ? 0 : (raw - MIDDLE) * TO_16_BITS);
}

/* Waits for a frame's time; gives how many were missed. */
static uint32_t wait_for(uint32_t period)
{
	static uint32_t due, running;
	uint32_t missed = 0, late = ulp_riscv_get_cpu_cycles() - due;
	if (!running) {
		running = 1;
		due += late;
	}
	else if ((int32_t)late > 0) {
		missed = late / period;
		due += missed * period;
	}
	while ((int32_t)(due - ulp_riscv_get_cpu_cycles()) > 0)
		;
	due += period;
	return missed;
}

int32_t ulp_read_samples(int16_t *samples, int32_t frames, const rv_snn_table *table, volatile uint32_t *overruns)
{
	const uint32_t period = (uint32_t)(ULP_RISCV_CYCLES_PER_MS * 1000) / table->rate;
	if (table->kind != RV_SNN_SOUND) {
		for (int32_t c = 0; c < table->channels; c++)
			*samples++ = read(c);
		return 1;
	}
	for (int32_t n = frames; n; n--) {
		*overruns += wait_for(period);
		*samples++ = read(0);
	}
	return frames;
}

void ulp_ticked(const rv_gate *gate)
{
	(void)gate;
}

void ulp_wake_main(void)
{
	ulp_riscv_wakeup_main_processor();
}

void ulp_rest(const rv_snn_table *table)
{
	if (table->kind != RV_SNN_SOUND)
		ulp_riscv_halt();
}
