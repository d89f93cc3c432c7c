/*
 * Which chip a request goes to, or which expert a text is for. A FastGRNN cell (fast-grnn.h) follows the cluster or the text; its hidden
 * state makes four queries q = R h + r + n. Experts: q are their scores. Chips: each has four features, logarithms, so that the
 * time when it would be done is their sum, and its score is the product with q. Weights are shared by all chips: whoever permutes
 * chips permutes scores. What a chip's unit of work takes is learned from what was observed; the nudges n are learned from rewards.
 * Integers only, no allocation; 136 bytes hold weights and state. All bytes that there can be are a state, `kind` and `chips` excepted.
 */
#ifndef RV_CHIP_ROUTER_H
#define RV_CHIP_ROUTER_H

#include <stdint.h>
#include "fast-grnn.h"

enum { RV_ROUTER_CHIPS = 16, RV_ROUTER_ROWS = 4, RV_ROUTER_NONE = 255 };
enum { RV_ROUTER_LOAD, RV_ROUTER_CONTENT };
/* A chip's features, 6 fraction bits, 0 to 9. */
enum {
	RV_ROUTER_WORK,    /* log2 of what must be done before this request is: load + position + 1 */
	RV_ROUTER_SLOW,    /* log2 of the time of a unit, above the fastest chip's */
	RV_ROUTER_WAITING, /* log2 of load + 1 */
	RV_ROUTER_HOP      /* log2 of what the way there adds: 1 + hop / time of the work */
};

typedef struct {
	int16_t hidden[RV_GRNN_HIDDEN];      /* Q12 */
	uint16_t slow[RV_ROUTER_CHIPS];      /* log2 of microseconds for a unit of work, Q10, at most RV_ROUTER_SLOWEST */
	uint16_t alive;                      /* bits */
	uint16_t work;                       /* units, of the last choice */
	int16_t reward;                      /* mean of rewards, Q7 */
	rv_grnn cell;
	int8_t readout[RV_ROUTER_ROWS][RV_GRNN_HIDDEN + 1]; /* R and, last, r: Q5 */
	int8_t nudge[RV_ROUTER_ROWS];        /* n: Q7 */
	int8_t credit[RV_ROUTER_ROWS];       /* features of the last choice less those of the runner-up, Q4 */
	uint8_t kind, chips, chosen, flags;  /* chips: or experts, of which there are at most 4; chosen: or RV_ROUTER_NONE; flags: 0 */
} rv_router;

enum { RV_ROUTER_SLOWEST = 24 << 10, RV_ROUTER_UNKNOWN = 10 << 10, RV_ROUTER_NUDGE = 64 };

/* What is to be routed, and what comes out. Not state: all is written before it is read, in this order. */
typedef struct {
	uint16_t hop[RV_ROUTER_CHIPS];     /* microseconds of the way there and back */
	uint8_t load[RV_ROUTER_CHIPS];     /* units of work that wait */
	uint8_t position;                  /* units of work of the request */
	int8_t mean, variance;             /* of its embedding, or 0 */
	uint8_t reserved;
	int8_t input[RV_GRNN_INPUTS];      /* of the cell: written by the step where chips are routed, by the caller for experts */
	uint16_t waiting[RV_ROUTER_CHIPS]; /* log2(load + 1), Q10, by the step */
	int32_t score[RV_ROUTER_CHIPS];    /* Q12; INT32_MIN for what is not alive */
} rv_router_request;

/* Weights of least expected work, a cell of zeros, all chips alive. chips: 1 to 16; experts: 2 to 4. */
void rv_router_init(rv_router *r, int32_t kind, int32_t chips);

/* Forgets the hidden state. What was learned stays. */
void rv_router_reset(rv_router *r);

/* One step of the cell; chips: on the request and on mean, least and greatest of the loads. */
void rv_router_step(rv_router *r, rv_router_request *q);

/* Scores, and the best chip that is alive, the first of equals; -1: none is. */
int32_t rv_router_route(rv_router *r, rv_router_request *q);

/*
 * A chip took `microseconds` for `work` units (load + position + 1 when it was chosen), `hop` included. A report moves the estimate by
 * an eighth of how far off it is; from an octave on by a fourth, but by one octave at most. One report in four lets slower chips than the fastest seem 1/1024 octave faster,
 * so that a chip that was slow once is tried again.
 */
void rv_router_observe(rv_router *r, int32_t chip, uint32_t microseconds, uint32_t work, uint32_t hop);

/*
 * How good the last choice was, -128 to 127, against the mean of what came before: a step of the nudges along the choice's features
 * less the runner-up's (a perceptron on pairs). Nudges fade by a sixteenth each time and stay within half of a weight of 1.
 */
void rv_router_learn(rv_router *r, int32_t reward);

/* log2(x) in Q10 for x of 1 or more, error below 0.011. */
int32_t rv_router_log2(uint32_t x);

#endif
