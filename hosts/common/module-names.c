/* Which module a specifier means: linked byte code by specifier; on the desktop, files by absolute path. */
#include "xsAll.h"
#include "linked.h"

const struct linked *linked_find(const char *specifier)
{
	for (int i = 0; i < linked_count(); i++)
		if (!strcmp(linked_at(i)->specifier, specifier))
			return linked_at(i);
	return NULL;
}

/* Joins a relative specifier to the importer's; drops ".js" from names that are not files. */
txID fxFindModule(txMachine *the, txSlot *realm, txID importer, txSlot *slot)
{
	char name[RV_LONGEST_NAME], path[RV_LONGEST_NAME], *slash, *end;
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	if (name[0] != '.')
		snprintf(path, sizeof(path), "%s", name);
	else {
		if (importer == XS_NO_ID)
			return XS_NO_ID;
		const char *rest = name;
		snprintf(path, sizeof(path), "%s", fxGetKeyName(the, importer));
		slash = strrchr(path, '/');
		*(slash ? slash : path) = 0;
		for (;;) {
			if (!strncmp(rest, "./", 2))
				rest += 2;
			else if (!strncmp(rest, "../", 3)) {
				rest += 3;
				slash = strrchr(path, '/');
				*(slash ? slash : path) = 0;
			}
			else
				break;
		}
		size_t length = strlen(path);
		if (length + strlen(rest) + 2 > sizeof(path))
			mxRangeError("path too long");
		snprintf(path + length, sizeof(path) - length, "/%s", rest);
	}
	if (path[0] == '/')
		return fxNewNameC(the, path);
	end = strrchr(path, '.');
	if (end && !strcmp(end, ".js"))
		*end = 0;
	return linked_find(path) ? fxNewNameC(the, path) : XS_NO_ID;
}
