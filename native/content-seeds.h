/* Made by tools/train/router: seeds of the hashes of content-features.c. */
#define RV_CONTENT_SEEDS { 49628, 49442, 19989, 2459, 48026, 56273 }
