/* Damaged tables are refused or safe; each field has its fault; damaged states are refused or safe. Under sanitizers. */

#include <stddef.h>
#include "snn-tables.h"
#include "snn-learn.h"

/* Steps with all there is; what it finds doesn't matter. */
static void use(rv_gate *g, const rv_snn_table *t)
{
	int32_t n = 400;
	int16_t *samples = allocate(sizeof(*samples) * (size_t)(n * t->channels));
	random_samples(samples, n * t->channels);
	for (int32_t at = 0; at < n;)
		at += rv_snn_learn_push(g, t, samples + at * t->channels, n - at);
	rv_snn_reward(g, t, (int32_t)below(3));
	free(samples);
}

/* Some bytes anywhere, most in header and encoders; then size and checksum are made right, or left. */
static void damaged_tables(void)
{
	int32_t taken = 0;
	rv_snn_table *t = NULL;
	for (int i = 0; i < PART_OF(20000); i++) {
		if (i % 50 == 0) {
			free(t);
			t = random_table();
		}
		uint32_t size = t->bytes, head = sizeof(*t) + sizeof(rv_snn_encoder) * t->encoders;
		if (below(8) == 0)
			size = below(size);
		uint8_t *copy = allocate(size);
		memcpy(copy, t, size);
		for (uint32_t k = below(4); k && size; k--) {
			uint32_t at = below(below(2) || head > size ? size : head);
			copy[at] = (uint8_t)(below(2) ? random64() : copy[at] ^ 1u << below(8));
		}
		rv_snn_table *c = (rv_snn_table *)copy;
		/* One that says its right size, so that more than the checksum is tried. */
		if (size == t->bytes && below(4)) {
			if (c->bytes <= size && c->bytes > 16)
				seal(c);
			if (below(2) && c->hidden <= RV_SNN_HIDDEN && c->lines <= RV_SNN_LINES && c->delays <= RV_SNN_DELAYS && c->encoders <= RV_SNN_ENCODERS && rv_snn_table_bytes(c) <= size) {
				c->bytes = rv_snn_table_bytes(c);
				seal(c);
			}
		}
		if (rv_snn_table_fault(copy, size) == 0) {
			rv_gate g;
			taken++;
			rv_gate_reset(&g, c);
			CHECK(rv_gate_valid(&g, c), "a new state is valid");
			use(&g, c);
			CHECK(rv_gate_valid(&g, c), "valid after use");
		}
		free(copy);
	}
	free(t);
	CHECK(taken > PART_OF(20000) / 20 && taken < PART_OF(20000) * 3 / 4, "%d taken", (int)taken);
}

static void damaged_states(void)
{
	int32_t taken = 0;
	for (int i = 0; i < PART_OF(200); i++) {
		rv_snn_table *t = random_table();
		rv_gate g;
		rv_gate_reset(&g, t);
		rv_snn_learn_mode(&g, (int32_t)below(4));
		use(&g, t);
		for (int k = 0; k < 100; k++) {
			rv_gate copy = g;
			for (uint32_t n = 1 + below(3); n; n--)
				((uint8_t *)&copy)[below(sizeof(copy))] = (uint8_t)random64();
			if (rv_gate_valid(&copy, t)) {
				taken++;
				use(&copy, t);
				CHECK(rv_gate_valid(&copy, t), "a state that was taken stays valid: round %d %d, kind %d", i, k, t->kind);
			}
		}
		/* All bytes alike: the furthest that a state can be off. */
		for (int k = 0; k < 256; k += 5) {
			rv_gate copy;
			memset(&copy, k, sizeof(copy));
			if (rv_gate_valid(&copy, t))
				use(&copy, t);
		}
		free(t);
	}
	CHECK(taken > PART_OF(200) * 5, "%d taken", (int)taken);
}

/* Each field, wrong by itself, is named. */
static void faults(void)
{
	static const struct { size_t at; uint8_t value; int32_t fault; } bad[] = {
		{ 0, 'X', RV_SNN_BAD_MAGIC }, { offsetof(rv_snn_table, version), 2, RV_SNN_BAD_VERSION }, { offsetof(rv_snn_table, flags), 2, RV_SNN_BAD_FLAGS }, { offsetof(rv_snn_table, feeding), 33, RV_SNN_BAD_FEEDING },
		{ offsetof(rv_snn_table, kind), 2, RV_SNN_BAD_KIND }, { offsetof(rv_snn_table, channels), 9, RV_SNN_BAD_CHANNELS }, { offsetof(rv_snn_table, encoders), 17, RV_SNN_BAD_ENCODERS },
		{ offsetof(rv_snn_table, lines), 33, RV_SNN_BAD_LINES }, { offsetof(rv_snn_table, hidden), 33, RV_SNN_BAD_HIDDEN }, { offsetof(rv_snn_table, hidden), 0, RV_SNN_BAD_HIDDEN },
		{ offsetof(rv_snn_table, delays), 5, RV_SNN_BAD_DELAYS }, { offsetof(rv_snn_table, delay), 16, RV_SNN_BAD_DELAY }, { offsetof(rv_snn_table, rate) + 1, 0xff, RV_SNN_BAD_RATE },
		{ offsetof(rv_snn_table, hop) + 1, 0xff, RV_SNN_BAD_HOP }, { offsetof(rv_snn_table, bias) + 1, 8, RV_SNN_BAD_BIAS }, { offsetof(rv_snn_table, bias) + 1, 0xf7, RV_SNN_BAD_BIAS },
		{ offsetof(rv_snn_table, drop), 0, RV_SNN_BAD_DROP }, { offsetof(rv_snn_table, drop), 17, RV_SNN_BAD_DROP }, { offsetof(rv_snn_table, fade), 16, RV_SNN_BAD_FADE }, { offsetof(rv_snn_table, name) + 31, 'x', RV_SNN_BAD_NAME },
		{ offsetof(rv_snn_table, bytes), 0xff, RV_SNN_BAD_BYTES }, { offsetof(rv_snn_table, crc), 0xff, RV_SNN_BAD_CRC }, { sizeof(rv_snn_table), 9, RV_SNN_BAD_ENCODING },
		{ sizeof(rv_snn_table) + 1, 10, RV_SNN_BAD_SOURCE },
	};
	rv_snn_table *t = random_table();
	t->wait = 1;
	seal(t);
	CHECK(rv_snn_table_fault(t, t->bytes - 1) == RV_SNN_SIZE && rv_snn_table_fault(t, 83) == RV_SNN_SIZE && rv_snn_table_fault(t, 0) == RV_SNN_SIZE, "sizes");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint8_t *copy = allocate(t->bytes);
		memcpy(copy, t, t->bytes);
		copy[bad[i].at] = bad[i].value;
		if (bad[i].at >= 16)
			seal((rv_snn_table *)copy);
		int32_t fault = rv_snn_table_fault(copy, t->bytes);
		CHECK(fault == bad[i].fault, "fault %d of %d at %d", (int)fault, (int)bad[i].fault, (int)bad[i].at);
		free(copy);
	}
	free(t);
}

int main(int argc, char **argv)
{
	start(argc, argv, "snn-table");
	faults();
	damaged_tables();
	damaged_states();
	return finish();
}
