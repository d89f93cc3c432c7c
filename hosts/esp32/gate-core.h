/* Which low-power core this firmware was built for: the chip must have it, and sdkconfig must switch it on. */
#ifndef RV_GATE_CORE_H
#define RV_GATE_CORE_H

#include "sdkconfig.h"
#include "soc/soc_caps.h"

#if SOC_RISCV_COPROC_SUPPORTED && CONFIG_ULP_COPROC_TYPE_RISCV
#define RV_GATE_ULP_RISCV 1 /* ESP32-S2, ESP32-S3 */
#elif SOC_LP_CORE_SUPPORTED && CONFIG_ULP_COPROC_TYPE_LP_CORE
#define RV_GATE_LP_CORE 1 /* ESP32-C6 */
#endif

#endif
