/* A chip of two cores. */
#define CONFIG_FREERTOS_UNICORE 0
