/* Hart 0: starts the low-power core and sleeps. What wakes it is printed, a line of JSON for each event, and totals at the end. */
#include "board.h"
#include "crc32.h"
#include "mailbox.h"
#include "trace.h"

#define ULP ((volatile uint8_t *)BOARD_ULP)
#define MAIL ((volatile ulp_mailbox *)(BOARD_ULP + ULP_MAILBOX_AT))

enum { UNUSED = 0xA5 };

/* A line is printed at once, by semihosting: QEMU's UART drops what the reader's pipe has no room for. */
static char line[400];
static uint32_t length;

static void print_line(void)
{
	line[length] = 0;
	length = 0;
	register uint32_t operation __asm__("a0") = 4; /* SYS_WRITE0 */
	register const char *text __asm__("a1") = line;
	__asm__ volatile(".balign 16\n.option push\n.option norvc\nslli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n.option pop" : "+r"(operation) : "r"(text) : "memory");
}

static void put(char c)
{
	if (length < sizeof(line) - 1)
		line[length++] = c;
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(const char *name, uint64_t value)
{
	char digits[20];
	int n = 0;
	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	put_text(name);
	while (n)
		put(digits[--n]);
}

static void put_signed(const char *name, int32_t value)
{
	put_text(name);
	if (value < 0)
		put('-');
	put_number("", value < 0 ? -(uint32_t)value : (uint32_t)value);
}

/* Copied whole: again where the low-power core wrote meanwhile. */
static rv_gate_event last_event(uint32_t *version)
{
	rv_gate_event e;
	do {
		*version = MAIL->version;
		order();
		e = *(const rv_gate_event *)&MAIL->event;
		order();
	} while (*version & 1 || *version != MAIL->version);
	return e;
}

/* Gives 1, or 0 where it was printed before: the line is raised after the event is written, and that may have been read already. */
static int print_event(void)
{
	static uint32_t printed;
	uint32_t version;
	rv_gate_event e = last_event(&version);
	if (version == printed)
		return 0;
	printed = version;
	put_number("{\"tick\":", e.tick);
	put_number(",\"frame\":", (uint64_t)e.at[1] << 32 | e.at[0]);
	put_number(",\"lines\":", e.lines);
	put_number(",\"spikes\":", e.spikes);
	put_signed(",\"strength\":", e.strength);
	put_signed(",\"confidence\":", e.confidence);
	put_text("}\n");
	print_line();
	return 1;
}

static void paint_stack(void)
{
	for (uint32_t at = INPUT->stack_end; at < INPUT->stack_top; at++)
		ULP[at] = UNUSED;
}

static uint32_t stack_used(void)
{
	uint32_t at = INPUT->stack_end;
	while (at < INPUT->stack_top && ULP[at] == UNUSED)
		at++;
	return INPUT->stack_top - at;
}

static void print_totals(uint32_t woken, uint32_t in_vain, uint64_t awake)
{
	uint32_t ticks = MAIL->ticks;
	put_number("{\"frames\":", METERS->frames);
	put_number(",\"ticks\":", ticks);
	put_number(",\"events\":", MAIL->wakes);
	put_number(",\"overruns\":", MAIL->overruns);
	put_number(",\"woken\":", woken);
	put_number(",\"inVain\":", in_vain);
	put_number(",\"awake\":", awake);
	put_number(",\"instructions\":", METERS->instructions);
	put_number(",\"starting\":", METERS->starting);
	put_number(",\"reading\":", METERS->reading);
	put_number(",\"most\":", METERS->most);
	put_number(",\"mostTick\":", METERS->mostTick);
	put_number(",\"stack\":", stack_used());
	if (INPUT->flags & INPUT_TRACE)
		put_number(",\"digest\":", crc32_bytes(0, (const uint8_t *)BOARD_TRACE, ticks * sizeof(ulp_record)));
	put_text("}\n");
	print_line();
}

static void power_off(uint32_t code)
{
	*(volatile uint32_t *)BOARD_TEST = code ? code << 16 | 0x3333 : 0x5555;
	for (;;)
		;
}

/* Until the wake line is raised. Before it sleeps, the other hart may go on. */
static void sleep(uint32_t *in_vain)
{
	WAKE_LINE(1) = 1;
	wait_for_interrupt();
	for (; !WAKE_LINE(0); wait_for_interrupt())
		++*in_vain;
	WAKE_LINE(0) = 0;
	order();
}

int main(void)
{
	uint32_t woken = 0, in_vain = 0;
	uint64_t awake = 0;
	paint_stack();
	order();
	for (;;) {
		sleep(&in_vain);
		uint32_t start = retired();
		if (METERS->state)
			break;
		if (print_event())
			woken++;
		else
			in_vain++;
		awake += retired() - start;
	}
	if (METERS->state == BOARD_TRAPPED) {
		put_number("{\"trap\":", METERS->cause);
		put_number(",\"pc\":", METERS->pc);
		put_number(",\"address\":", METERS->address);
		put_text("}\n");
		print_line();
		power_off(1);
	}
	print_totals(woken, in_vain, awake);
	power_off(0);
	return 0;
}
