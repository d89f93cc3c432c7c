/*
 * UART 0, and on chips that have one the USB port of the chip as well: boards bring out one, the other or
 * both, so output goes to both and input is taken from both. The SDK has no console in release builds
 * (in debug builds the line belongs to xsbug), hence the drivers of ESP-IDF.
 */
#include <stdlib.h>
#include "sdkconfig.h"
#include "driver/uart.h"
#include "freertos/FreeRTOS.h"
#include "soc/soc_caps.h"
#include "soc/uart_pins.h"
#include "serial.h"

#if SOC_USB_SERIAL_JTAG_SUPPORTED
#include "driver/usb_serial_jtag.h"
#define USB_WAIT pdMS_TO_TICKS(50)
#endif

#define PORT UART_NUM_0
#define BAUD 115200
/* Received while the machine is busy: a request of a program is at most a line. */
#define RECEIVED SERIAL_LINE
#define SENT 1024

static void open_lines(void)
{
	static int opened;
	if (opened)
		return;
	opened = 1;
	/* Instrumented builds of the SDK have opened the UART already. */
	if (!uart_is_driver_installed(PORT)) {
		const uart_config_t config = {
			.baud_rate = BAUD, .data_bits = UART_DATA_8_BITS, .parity = UART_PARITY_DISABLE, .stop_bits = UART_STOP_BITS_1,
			.flow_ctrl = UART_HW_FLOWCTRL_DISABLE, .source_clk = UART_SCLK_DEFAULT,
		};
		uart_driver_install(PORT, RECEIVED, SENT, 0, NULL, 0);
		uart_param_config(PORT, &config);
		uart_set_pin(PORT, U0TXD_GPIO_NUM, U0RXD_GPIO_NUM, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE);
	}
#if SOC_USB_SERIAL_JTAG_SUPPORTED
	if (!usb_serial_jtag_is_driver_installed()) {
		usb_serial_jtag_driver_config_t config = { .tx_buffer_size = SENT, .rx_buffer_size = RECEIVED };
		usb_serial_jtag_driver_install(&config);
	}
#endif
}

void serial_write(const uint8_t *bytes, uint32_t count)
{
	open_lines();
	uart_write_bytes(PORT, bytes, count);
#if SOC_USB_SERIAL_JTAG_SUPPORTED
	/* A computer that is connected but does not read is waited for once, not for each piece. */
	static int stalled;
	while (count > 0 && usb_serial_jtag_is_connected()) {
		int taken = usb_serial_jtag_write_bytes(bytes, count, stalled ? 0 : USB_WAIT);
		stalled = taken <= 0;
		if (stalled)
			break;
		bytes += taken;
		count -= (uint32_t)taken;
	}
#endif
}

static int next_byte(uint8_t *byte)
{
	if (uart_read_bytes(PORT, byte, 1, 0) == 1)
		return 1;
#if SOC_USB_SERIAL_JTAG_SUPPORTED
	if (usb_serial_jtag_read_bytes(byte, 1, 0) == 1)
		return 1;
#endif
	return 0;
}

char *serial_read_line(void)
{
	static char *line;
	static uint32_t length;
	static uint8_t last;
	uint8_t byte;
	open_lines();
	if (!line && !(line = malloc(SERIAL_LINE)))
		return NULL;
	while (next_byte(&byte)) {
		int second = byte == '\n' && last == '\r';
		last = byte;
		if (second)
			continue;
		if (byte == '\n' || byte == '\r') {
			line[length] = 0;
			length = 0;
			return line;
		}
		if (byte && length < SERIAL_LINE - 1)
			line[length++] = (char)byte;
	}
	return NULL;
}
