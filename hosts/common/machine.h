/* What the files of this host share. */
#ifndef RV_MACHINE_H
#define RV_MACHINE_H

#ifndef __XSALL__
#include "xsmc.h"
#else
typedef txMachine xsMachine;
typedef txSlot xsSlot;
#endif

/* The program's arguments after the module's name. */
extern int program_argc;
extern char **program_argv;

/* Name of this host. */
extern const char machine_host[];
/* Bytes of RAM that were ever in use, of all kinds; 0 where that can't be told. */
double machine_ram_peak(void);

/* Roots a counter that garbage collection increments. */
void machine_count_collections(xsMachine *the);
/* Starts the import of a module; a failure ends the program with its stack on stderr. */
void machine_import(xsMachine *the, const char *specifier);
/* Prints an exception with its stack on stderr. */
void machine_report(xsMachine *the, xsSlot *exception);

/* Runs the promise jobs that wait; 0 when there were none. */
int machine_run_jobs(xsMachine *the);
/* Collections, then bytes: slots used, slots, chunks used, chunks. */
void machine_memory(xsMachine *the, double *figures);

/* Runs promise jobs, timers and input until nothing is left to wait for. */
void event_loop(xsMachine *the);

#endif
