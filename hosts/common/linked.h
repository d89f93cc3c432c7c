/* Modules whose byte code is linked into the executable; the table is made by the build. */
#ifndef RV_LINKED_H
#define RV_LINKED_H

struct linked {
	const char *specifier;
	const unsigned char *code;
	int code_size;
	const unsigned char *symbols; /* NULL in images, whose code has the machine's ids already */
	int symbols_size;
	void (*hosts)(void *the); /* makes the module's native functions; NULL when it has none */
};

int linked_count(void);
const struct linked *linked_at(int index);
/* NULL when there is none of this name. */
const struct linked *linked_find(const char *specifier);

#endif
