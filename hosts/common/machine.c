/* The machine: its life, its errors, and what XS asks of the platform. */
#include "xsAll.h"
#include "xsScript.h"
#include <unistd.h>
#include "machine.h"

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
	the->collections = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

/* The marker of a rooted object runs once in every garbage collection: that is the count. */
static void mark_collection(txMachine *the, void *data, txMarkRoot mark)
{
	(void)data;
	(void)mark;
	the->collections++;
}

static txHostHooks hooks = { NULL, mark_collection, NULL };

void machine_count_collections(txMachine *the)
{
	static txSlot root;
	static int witness;
	fxNewHostObject(the, NULL);
	mxPull(root);
	fxSetHostData(the, &root, &witness);
	fxSetHostHooks(the, &root, &hooks);
	fxRemember(the, &root);
	the->collections = 0;
}

void machine_report(txMachine *the, txSlot *exception)
{
	mxTry(the) {
		mxPushSlot(exception);
		if (mxIsReference(the->stack)) {
			mxDub();
			mxGetID(mxID(_stack));
			if (the->stack->kind == XS_STRING_KIND || the->stack->kind == XS_STRING_X_KIND)
				fprintf(stderr, "%s\n", the->stack->value.string);
			else {
				mxPop();
				fprintf(stderr, "%s\n", fxToString(the, the->stack));
			}
		}
		else
			fprintf(stderr, "uncaught: %s\n", fxToString(the, the->stack));
	}
	mxCatch(the) {
		fprintf(stderr, "uncaught exception\n");
	}
}

/* Where the script is: file and line of the innermost calls. */
static void report_position(txMachine *the)
{
	int shown = 0;
	for (txSlot *frame = the->frame; frame && shown < 8; frame = frame->next) {
		txSlot *environment = mxFrameToEnvironment(frame);
		if (environment->ID != XS_NO_ID) {
			fprintf(stderr, " at %s:%d\n", fxGetKeyName(the, environment->ID), (int)environment->value.environment.line);
			shown++;
		}
	}
}

void fxAbort(txMachine *the, int status)
{
	fflush(stdout);
	switch (status) {
	case XS_UNHANDLED_EXCEPTION_EXIT:
	case XS_UNHANDLED_REJECTION_EXIT: {
		txSlot exception = mxException;
		machine_report(the, &exception);
		break;
	}
	case XS_STACK_OVERFLOW_EXIT:
		fprintf(stderr, "stack overflow: the script calls too deep\n");
		report_position(the);
		break;
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		fprintf(stderr, "memory full: the script needs more than this host gives; slots have %ld bytes, chunks %ld\n",
			(long)(the->maximumHeapCount * (txSize)sizeof(txSlot)), (long)the->maximumChunksSize);
		report_position(the);
		break;
	default:
		fprintf(stderr, "XS stopped with status %d\n", status);
	}
	fflush(stderr);
	_exit(1);
}

static void import_failed(txMachine *the)
{
	txSlot exception = *mxArgv(0);
	fflush(stdout);
	machine_report(the, &exception);
	_exit(1);
}

static void import_done(txMachine *the)
{
	(void)the;
}

void machine_import(txMachine *the, const char *specifier)
{
	txSlot *realm = mxProgram.value.reference->next->value.module.realm;
	mxPushStringC((txString)specifier);
	fxRunImport(the, realm, XS_NO_ID);
	mxDub();
	mxGetID(mxID(_then));
	mxCall();
	fxNewHostFunction(the, import_done, 1, XS_NO_ID, XS_NO_ID);
	fxNewHostFunction(the, import_failed, 1, XS_NO_ID, XS_NO_ID);
	mxRunCount(2);
	mxPop();
}

int machine_run_jobs(txMachine *the)
{
	if (!the->promiseJobs)
		return 0;
	the->promiseJobs = 0;
	fxRunPromiseJobs(the);
	fxEndJob(the);
	if (!the->promiseJobs)
		fxCheckUnhandledRejections(the, 1);
	return 1;
}

void machine_memory(txMachine *the, double *figures)
{
	figures[0] = the->collections;
	figures[1] = (double)the->currentHeapCount * sizeof(txSlot);
	figures[2] = (double)the->maximumHeapCount * sizeof(txSlot);
	figures[3] = the->currentChunksSize;
	figures[4] = the->maximumChunksSize;
}
