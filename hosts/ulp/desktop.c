/*
 * The gate on this computer, to compare with: `desktop TABLE` says whether the table is one (exit code 2 and the fault's number where
 * not); `desktop TABLE SAMPLES` prints the events and totals that the low-power core must give, as lines of JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crc32.h"
#include "trace.h"

static void *read_file(const char *path, long *size)
{
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) || (*size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET)) {
		perror(path);
		exit(1);
	}
	void *bytes = malloc(*size ? (size_t)*size : 1);
	if (!bytes || fread(bytes, 1, (size_t)*size, file) != (size_t)*size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return bytes;
}

static void print_event(const rv_gate_event *e)
{
	printf("{\"tick\":%u,\"frame\":%.0f,\"lines\":%u,\"spikes\":%u,\"strength\":%d,\"confidence\":%d}\n", (unsigned)e->tick,
		e->at[0] + 4294967296.0 * e->at[1], (unsigned)e->lines, e->spikes, e->strength, (int)e->confidence);
}

int main(int count, char **argument)
{
	static rv_gate gate;
	long bytes, size;
	uint32_t digest = 0, events = 0;
	if (count < 2)
		return 1;
	rv_snn_table *table = read_file(argument[1], &bytes);
	int32_t fault = rv_snn_table_fault(table, (uint32_t)bytes);
	if (fault) {
		printf("%d\n", (int)fault);
		return 2;
	}
	if (count < 3)
		return 0;
	int16_t *samples = read_file(argument[2], &size);
	int32_t frames = (int32_t)(size / 2 / table->channels);
	rv_gate_reset(&gate, table);
	for (int32_t at = 0; at < frames;) {
		at += rv_gate_tick(&gate, table, samples + at * table->channels, frames - at);
		if (gate.ticked) {
			ulp_record record;
			ulp_trace(&gate, &record);
			digest = crc32_bytes(digest, (const uint8_t *)&record, sizeof(record));
		}
		if (gate.woke) {
			print_event(&gate.event);
			events++;
		}
	}
	printf("{\"ticks\":%u,\"events\":%u,\"digest\":%u}\n", (unsigned)gate.tick, (unsigned)events, (unsigned)digest);
	free(samples);
	free(table);
	return 0;
}
