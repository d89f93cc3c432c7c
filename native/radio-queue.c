/* Datagrams between two tasks: see radio-queue.h. */
#include <string.h>
#include "radio-queue.h"

void rv_radio_queue_init(rv_radio_queue *q, uint8_t *memory, uint32_t size)
{
	q->bytes = memory;
	q->size = size;
	atomic_init(&q->head, 0);
	atomic_init(&q->tail, 0);
	atomic_init(&q->told, 0);
}

/* Where the memory ends, a copy goes on at its beginning. */
static void copy_in(rv_radio_queue *q, uint32_t at, const void *from, uint32_t count)
{
	uint32_t start = at & (q->size - 1), first = q->size - start < count ? q->size - start : count;
	memcpy(q->bytes + start, from, first);
	memcpy(q->bytes, (const uint8_t *)from + first, count - first);
}

static void copy_out(const rv_radio_queue *q, uint32_t at, void *into, uint32_t count)
{
	uint32_t start = at & (q->size - 1), first = q->size - start < count ? q->size - start : count;
	memcpy(into, q->bytes + start, first);
	memcpy((uint8_t *)into + first, q->bytes, count - first);
}

int rv_radio_queue_push(rv_radio_queue *q, uint64_t address, int32_t note, const uint8_t *bytes, uint32_t count)
{
	uint32_t head = atomic_load_explicit(&q->head, memory_order_relaxed), used = head - atomic_load_explicit(&q->tail, memory_order_acquire);
	if (count > RV_RADIO_LONGEST || count + RV_RADIO_RECORD > q->size - used)
		return 0;
	uint32_t record[3] = { (uint32_t)address, (uint32_t)(address >> 32) << 16 | count, (uint32_t)note };
	copy_in(q, head, record, RV_RADIO_RECORD);
	if (count)
		copy_in(q, head + RV_RADIO_RECORD, bytes, count);
	/* In one order with `told` on both sides: else each could miss what the other wrote. */
	atomic_store(&q->head, head + RV_RADIO_RECORD + count);
	/* No exchange: only this side sets it, and chips without atomic instructions need none this way. */
	if (atomic_load(&q->told))
		return 1;
	atomic_store(&q->told, 1);
	return 2;
}

int rv_radio_queue_waits(rv_radio_queue *q)
{
	return atomic_load(&q->head) != atomic_load_explicit(&q->tail, memory_order_relaxed);
}

void rv_radio_queue_listen(rv_radio_queue *q)
{
	atomic_store(&q->told, 0);
}

int32_t rv_radio_queue_pop(rv_radio_queue *q, uint64_t *address, int32_t *note, uint8_t *into, uint32_t room)
{
	if (!rv_radio_queue_waits(q)) {
		rv_radio_queue_listen(q);
		/* Pushed meanwhile, when nobody had to be told. */
		if (!rv_radio_queue_waits(q))
			return -1;
	}
	uint32_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed), record[3];
	copy_out(q, tail, record, RV_RADIO_RECORD);
	uint32_t count = record[1] & 0xffff;
	if (count > room)
		return -2;
	*address = (uint64_t)(record[1] >> 16) << 32 | record[0];
	*note = (int32_t)record[2];
	if (count)
		copy_out(q, tail + RV_RADIO_RECORD, into, count);
	atomic_store_explicit(&q->tail, tail + RV_RADIO_RECORD + count, memory_order_release);
	return (int32_t)count;
}
