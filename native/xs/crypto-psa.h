/* The PSA Crypto API, with the configuration that the library was built with: sizes of its operations depend on it. */
#ifndef RV_XS_CRYPTO_PSA_H
#define RV_XS_CRYPTO_PSA_H

#if defined(ESP_PLATFORM)
/* As ESP-IDF's component mbedtls defines them for those who link it; the SDK's makefile does not know. */
#define MBEDTLS_MAJOR_VERSION 4
#define MBEDTLS_CONFIG_FILE "mbedtls/esp_config.h"
#define TF_PSA_CRYPTO_USER_CONFIG_FILE "mbedtls/esp_config.h"
#define RV_CRYPTO 1
#endif

#ifdef RV_CRYPTO
#include <psa/crypto.h>
#endif

#endif
