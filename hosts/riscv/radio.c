/* Port radio: there is none here. */
#include "no-radio.h"
