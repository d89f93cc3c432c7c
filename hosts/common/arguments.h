/* Checks of the arguments that scripts give to ports. XS puts the function's name before the message. */
#ifndef RV_ARGUMENTS_H
#define RV_ARGUMENTS_H

#include "xsmc.h"

/* An argument that must be an integer from `low` to `high`. */
static inline xsIntegerValue integer_argument(xsMachine *the, int index, xsIntegerValue low, xsIntegerValue high, const char *name)
{
	if (xsmcArgc <= index || (xsmcTypeOf(xsArg(index)) != xsIntegerType && xsmcTypeOf(xsArg(index)) != xsNumberType))
		xsTypeError("%s is no number", (char *)name);
	xsNumberValue value = xsmcToNumber(xsArg(index));
	if (!(value >= low && value <= high && value == (xsNumberValue)(xsIntegerValue)value))
		xsRangeError("%s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (xsIntegerValue)value;
}

/* An argument that must be text. It may move with the next allocation. */
static inline char *text_argument(xsMachine *the, int index, const char *name)
{
	if (xsmcArgc <= index || (xsmcTypeOf(xsArg(index)) != xsStringType && xsmcTypeOf(xsArg(index)) != xsStringXType))
		xsTypeError("%s is no text", (char *)name);
	return xsmcToString(xsArg(index));
}

#endif
