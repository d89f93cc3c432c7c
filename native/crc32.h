/*
 * CRC-32 as in zlib, gzip and IEEE 802.3: polynomial 0xEDB88320 (reflected), all ones before and after.
 */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/*
 * The CRC of n bytes, continued from `seed`: 0 at the start, else the result for the bytes before.
 * Any alignment; the part between 4-byte boundaries goes a word at a time, by slicing (Kounavis and
 * Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005).
 * Cost on rv32: 7 instructions per byte; 4 KB of read-only tables.
 */
uint32_t crc32_bytes(uint32_t seed, const uint8_t *bytes, uint32_t n);

#endif
