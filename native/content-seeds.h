/* Made by tools/train/router: seeds of the hashes of content-features.c. */
#define RV_CONTENT_SEEDS { 49628, 37839, 4909, 22633, 3294, 40331 }
