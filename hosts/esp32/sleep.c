/* Port power, on a board: ESP-IDF's sleep modes, RTC memory, and the low-power core of chips that have a RISC-V one. */
#include "sdkconfig.h"
#include "soc/soc_caps.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_private/esp_clk.h"
#include "esp_sleep.h"
#include "gate-core.h"
#include "sleep.h"

/* Where all RTC memory is heap but for what lies in it, less is kept. */
#if SOC_RTC_SLOW_MEM_SUPPORTED
#define ROOM RETAINED_BYTES /* ESP32, ESP32-S2, ESP32-S3 */
#else
#define ROOM 504 /* ESP32-C3, ESP32-C6 */
#endif

/* Kept in deep sleep, by resets and by panics; what it holds at power on, its checksum tells. */
static RTC_NOINIT_ATTR uint32_t kept[RETAINED_WORDS(ROOM)];

struct retained *sleep_retained(uint32_t *room)
{
	*room = ROOM;
	return (struct retained *)kept;
}

uint32_t sleep_clock_hertz(void)
{
	return (uint32_t)esp_clk_cpu_freq();
}

int sleep_cause(void)
{
	uint32_t causes = esp_sleep_get_wakeup_causes();
	const uint32_t pins = BIT(ESP_SLEEP_WAKEUP_EXT0) | BIT(ESP_SLEEP_WAKEUP_EXT1) | BIT(ESP_SLEEP_WAKEUP_GPIO);
	if (!(causes & ~BIT(ESP_SLEEP_WAKEUP_UNDEFINED)))
		return WOKEN_START;
	/* What happened comes before what was due. */
	return causes & BIT(ESP_SLEEP_WAKEUP_ULP) ? WOKEN_GATE : causes & pins ? WOKEN_PIN : causes & BIT(ESP_SLEEP_WAKEUP_TIMER) ? WOKEN_TIMER : WOKEN_OTHER;
}

/* In light sleep every pin can wake. */
static esp_err_t pin_light(gpio_num_t pin, int level)
{
	esp_err_t error = gpio_set_direction(pin, GPIO_MODE_INPUT);
	if (error == ESP_OK)
		error = gpio_wakeup_enable(pin, level ? GPIO_INTR_HIGH_LEVEL : GPIO_INTR_LOW_LEVEL);
	return error == ESP_OK ? esp_sleep_enable_gpio_wakeup() : error;
}

/* In deep sleep only those of the RTC can. */
static esp_err_t pin_deep(gpio_num_t pin, int level)
{
	if (!esp_sleep_is_valid_wakeup_gpio(pin))
		return ESP_ERR_INVALID_ARG;
#if SOC_PM_SUPPORT_EXT1_WAKEUP && CONFIG_IDF_TARGET_ESP32
	return esp_sleep_enable_ext1_wakeup(1ULL << pin, level ? ESP_EXT1_WAKEUP_ANY_HIGH : ESP_EXT1_WAKEUP_ALL_LOW);
#elif SOC_PM_SUPPORT_EXT1_WAKEUP
	return esp_sleep_enable_ext1_wakeup(1ULL << pin, level ? ESP_EXT1_WAKEUP_ANY_HIGH : ESP_EXT1_WAKEUP_ANY_LOW);
#elif SOC_GPIO_SUPPORT_HP_PERIPH_PD_SLEEP_WAKEUP
	return esp_sleep_enable_gpio_wakeup_on_hp_periph_powerdown(1ULL << pin, level ? ESP_GPIO_WAKEUP_GPIO_HIGH : ESP_GPIO_WAKEUP_GPIO_LOW);
#else
	return ESP_ERR_INVALID_ARG;
#endif
}

/* The core's analog and I2C inputs are powered through a sleep that it may end, and left to ESP-IDF again afterwards. */
static void power_inputs(const struct wake_sources *sources, int on)
{
#if SOC_PM_SUPPORT_RTC_PERIPH_PD && (RV_GATE_ULP_RISCV || RV_GATE_LP_CORE)
	if (sources->gate)
		esp_sleep_pd_config(ESP_PD_DOMAIN_RTC_PERIPH, on ? ESP_PD_OPTION_ON : ESP_PD_OPTION_AUTO);
#else
	(void)sources;
	(void)on;
#endif
}

static int arm(const struct wake_sources *sources, int deep)
{
	uint32_t gate_bytes;
	sleep_gate_memory(&gate_bytes);
	if (sources->gate && !gate_bytes)
		return SLEEP_NO_GATE;
	/* Nothing may be armed yet, or an error says that it was not. */
	esp_sleep_disable_wakeup_source(ESP_SLEEP_WAKEUP_ALL);
	if (sources->pin >= 0) {
		gpio_num_t pin = (gpio_num_t)sources->pin;
		if (!GPIO_IS_VALID_GPIO(pin) || (deep ? pin_deep(pin, sources->level) : pin_light(pin, sources->level)) != ESP_OK)
			return SLEEP_BAD_PIN;
	}
	if (sources->microseconds >= 0 && esp_sleep_enable_timer_wakeup((uint64_t)sources->microseconds) != ESP_OK)
		return SLEEP_REFUSED;
#if SOC_ULP_SUPPORTED
	if (sources->gate && esp_sleep_enable_ulp_wakeup() != ESP_OK)
		return SLEEP_REFUSED;
#endif
	return 0;
}

static void disarm(const struct wake_sources *sources, int deep)
{
	esp_sleep_disable_wakeup_source(ESP_SLEEP_WAKEUP_ALL);
	if (!deep && sources->pin >= 0 && GPIO_IS_VALID_GPIO((gpio_num_t)sources->pin))
		gpio_wakeup_disable((gpio_num_t)sources->pin);
}

int sleep_light(const struct wake_sources *sources)
{
	int answer = arm(sources, 0);
	power_inputs(sources, 1);
	if (answer == 0)
		answer = esp_light_sleep_start() == ESP_OK ? sleep_cause() : SLEEP_REFUSED;
	power_inputs(sources, 0);
	disarm(sources, 0);
	return answer;
}

int sleep_deep(const struct wake_sources *sources)
{
	int answer = arm(sources, 1);
	power_inputs(sources, 1);
	/* Comes back only where the chip refuses; the other way of starting it would restart the program then. */
	if (answer == 0 && esp_deep_sleep_try_to_start() != ESP_OK)
		answer = SLEEP_REFUSED;
	power_inputs(sources, 0);
	disarm(sources, 1);
	return answer;
}
