/*
 * Text embeddings: a text's features (text-features.h) are hashed to rows of a trained INT4 table, the rows are summed, and
 * the sum is brought to one length (fastText, Bojanowski et al. 2017, with a small table). No state, no allocation.
 *
 * The file, little-endian, made by tools/train/embedder:
 *    0  "RVEM"
 *    4  u8 version 1; u8 0; u16 dims: 16 to 256, a multiple of 16
 *    8  u32 buckets: 1 to 65536
 *   12  u32 bytes of metadata (JSON) behind the table
 *   16  u32 CRC-32 of the file, these four bytes taken as zero
 *   20  12 bytes of 0
 *   32  a row of dims / 2 bytes for each bucket: byte j has dimension j low and j + dims / 2 high, each as weight + 8
 */
#ifndef RV_TEXT_EMBEDDER_H
#define RV_TEXT_EMBEDDER_H

#include <stdint.h>

#define RV_EMBEDDER_HEADER 32
#define RV_EMBEDDER_MAX_DIMS 256
/* Length of each embedding: 65536 is the dot product of equal ones, and dots are cosines in Q16. */
#define RV_EMBEDDING_LENGTH 256

typedef struct {
	const uint8_t *rows;
	int32_t dims, buckets;
} rv_embedder;

enum rv_embedder_status { RV_EMBEDDER_OK, RV_EMBEDDER_NO_FILE, RV_EMBEDDER_VERSION, RV_EMBEDDER_SHAPE, RV_EMBEDDER_SIZE, RV_EMBEDDER_CRC, RV_EMBEDDER_ALIGNMENT };

/* Checks a file, which begins at a multiple of 4, and its sum. Cost: its CRC, 7 instructions a byte. */
enum rv_embedder_status rv_embedder_init(rv_embedder *embedder, const uint8_t *file, uint32_t size);
/* A sentence for people. */
const char *rv_embedder_message(enum rv_embedder_status status);

/*
 * The embedding of n bytes of UTF-8, n at most RV_TEXT_BYTES: dims numbers of Euclidean length 256 (each rounded, and cut at 127), or zeros
 * for a text without words. Stack: 2.5 KB.
 * Cost on rv32: about 20,000 instructions for a sentence of eight words and 64 dimensions, in proportion to letters beyond.
 */
void rv_embedder_embed(const rv_embedder *embedder, int8_t *out, const uint8_t *text, uint32_t n);

#endif
