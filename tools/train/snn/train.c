/*
 * Trains the weights of a spiking gate (native/snn-network.h) by backpropagation through time with surrogate gradients
 * (Neftci, Mostafa and Zenke 2019). Forward, it computes the gate's own integers, held in floats; backward, a spike has the slope
 * of a fast sigmoid (Zenke and Ganguli 2018) and what rounds has slope 1 (straight-through).
 *
 *     train SEQUENCES WEIGHTS [key=value ...]
 *
 * SEQUENCES: see sequences.h. WEIGHTS: text, a row for each line and delay, then recurrent rows, then decay, output weights.
 * Losses of a window, on z = u / 100: for each event, that its peak is above the highest moment outside events (rank) and above 2;
 * for each block outside events, that its peak is below 0. Maxima are soft.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "sequences.h"
#include "network.h"

enum { THREADS = 2, HARD = 2048, EVENTS = 16 };

static options o = {
	.hidden = 32, .first = 20, .delays = 4, .delay = { 0, 3, 8, 15 }, .window = 576, .batch = 256, .iterations = 1500, .seed = 1,
	.learn = 1, .absolute = 1, .rate = 1e-4f, .hard = 25, .tail = 25, .after = 40, .quiet = 40, .block = 64, .settle = 100, .decay_out = 226, .positive = 1,
};

typedef struct {
	int seq, at;
	float worst;
} window;

static window hard[HARD];
static int hards;
static uint64_t rng;

static uint32_t next_random(void)
{
	rng = rng * 6364136223846793005ull + 1442695040888963407ull;
	uint32_t x = (uint32_t)(((rng >> 18) ^ rng) >> 27), r = (uint32_t)(rng >> 59);
	return (x >> r) | (x << ((32 - r) & 31));
}

static float soft_max(const float *y, const uint8_t *in, int from, int to, float *weight)
{
	const float sharp = 6;
	float most = -1e9f, sum = 0, mean = 0;
	for (int t = from; t < to; t++)
		if ((!in || in[t]) && y[t] > most)
			most = y[t];
	if (most < -1e8f)
		return most;
	for (int t = from; t < to; t++) {
		weight[t] = !in || in[t] ? expf(sharp * (y[t] - most)) : 0;
		sum += weight[t];
	}
	for (int t = from; t < to; t++) {
		weight[t] /= sum;
		mean += weight[t] * y[t];
	}
	return mean;
}

static float softplus(float x)
{
	return x > 20 ? x : log1pf(expf(x));
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

/* Loss of the window's outputs u; its gradient in du. */
static float loss(const sequence *s, int at, const float *u, float *du, float *worst)
{
	static __thread float y[MOST_WINDOW], w[MOST_WINDOW], wn[MOST_WINDOW];
	static __thread uint8_t outside[MOST_WINDOW];
	const float scale = 100;
	int n = o.window;
	float sum = 0;
	for (int t = 0; t < n; t++) {
		y[t] = u[t] / scale;
		outside[t] = s->outside[at + t] && t >= o.quiet;
		du[t] = 0;
	}
	float most = soft_max(y, outside, 0, n, wn), pull = 0;
	*worst = most;
	for (int k = 0; k < s->events; k++) {
		int a = s->event[k].start - at, b = s->event[k].end - at;
		if (a < o.quiet || b + o.tail > n)
			continue;
		b += o.tail;
		float peak = soft_max(y, NULL, a, b, w), g = 0;
		if (most > -1e8f) {
			sum += o.positive * softplus(1 + most - peak);
			g += o.positive * sigmoid(1 + most - peak);
			pull += o.positive * sigmoid(1 + most - peak);
		}
		sum += o.positive * o.absolute * softplus(2 - peak);
		g += o.positive * o.absolute * sigmoid(2 - peak);
		for (int t = a; t < b; t++)
			du[t] -= g * w[t] / scale;
	}
	if (pull > 0)
		for (int t = 0; t < n; t++)
			du[t] += pull * wn[t] / scale;
	for (int b = 0; b + o.block <= n; b += o.block) {
		float m = soft_max(y, outside, b, b + o.block, w);
		if (m < -1e8f)
			continue;
		sum += o.absolute * softplus(m);
		for (int t = b; t < b + o.block; t++)
			du[t] += o.absolute * sigmoid(m) * w[t] / scale;
	}
	return sum;
}

typedef struct {
	const network *net;
	const sequence *all;
	window *windows;
	int from, to;
	network gradient;
	float loss, spikes;
} job;

static void *work(void *data)
{
	job *j = data;
	memset(&j->gradient, 0, sizeof(j->gradient));
	j->loss = j->spikes = 0;
	trace *tr = trace_new(o.window);
	float *du = calloc((size_t)o.window, sizeof(float));
	for (int k = j->from; k < j->to; k++) {
		window *w = j->windows + k;
		const sequence *s = j->all + w->seq;
		j->spikes += network_forward(j->net, &o, s, w->at, tr);
		j->loss += loss(s, w->at, tr->u, du, &w->worst);
		network_backward(j->net, &o, s, w->at, tr, du, &j->gradient);
	}
	free(du);
	trace_free(tr);
	return NULL;
}

static void remember_hard(const window *windows)
{
	for (int k = 0; k < o.batch; k++)
		if (windows[k].worst > -0.5f && windows[k].worst < 1e8f) {
			if (hards < HARD)
				hard[hards++] = windows[k];
			else
				hard[next_random() % HARD] = windows[k];
		}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: train SEQUENCES WEIGHTS [key=value ...]\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		if (!options_set(&o, argv[i])) {
			fprintf(stderr, "train: \"%s\" is no option; see sequences.c\n", argv[i]);
			return 2;
		}
	if (!options_check(&o))
		return 2;
	int count;
	sequence *all = sequences_read(argv[1], &count, &o);
	if (!all)
		return 1;
	rng = (uint64_t)o.seed * 0x9e3779b97f4a7c15ull + 1;
	network net, quantised, m, v, gradient;
	network_random(&net, &o, next_random);
	if (o.start && !network_read(&net, &o, o.start)) {
		fprintf(stderr, "train: %s holds no weights of these sizes\n", o.start);
		return 1;
	}
	memset(&m, 0, sizeof(m));
	memset(&v, 0, sizeof(v));
	window *windows = calloc((size_t)o.batch, sizeof(window));
	static job jobs[THREADS];
	float mean_loss = 0, mean_spikes = 0;
	double total = 0;
	for (int i = 0; i < count; i++)
		total += all[i].ticks;
	time_t start = time(NULL);
	for (int it = 0; it < o.iterations; it++) {
		for (int k = 0; k < o.batch; k++) {
			window *w = windows + k;
			if (hards > 200 && (int)(next_random() % 100) < o.hard) {
				*w = hard[next_random() % (uint32_t)hards];
				w->at += (int)(next_random() % 129) - 64;
			}
			else {
				double at = next_random() / 4294967296.0 * total;
				w->seq = 0;
				while (w->seq < count - 1 && at >= all[w->seq].ticks)
					at -= all[w->seq++].ticks;
				w->at = (int)at;
			}
			int last = all[w->seq].ticks - o.window - 1;
			w->at = w->at < 16 ? 16 : w->at > last ? last : w->at;
		}
		network_quantise(&net, &o, &quantised);
		pthread_t thread[THREADS];
		for (int j = 0; j < THREADS; j++) {
			jobs[j].net = &quantised;
			jobs[j].all = all;
			jobs[j].windows = windows;
			jobs[j].from = o.batch * j / THREADS;
			jobs[j].to = o.batch * (j + 1) / THREADS;
			pthread_create(&thread[j], NULL, work, &jobs[j]);
		}
		memset(&gradient, 0, sizeof(gradient));
		float now = 0, spikes = 0;
		for (int j = 0; j < THREADS; j++) {
			pthread_join(thread[j], NULL);
			network_add(&gradient, &jobs[j].gradient);
			now += jobs[j].loss;
			spikes += jobs[j].spikes;
		}
		remember_hard(windows);
		float done = (float)it / (float)o.iterations, rate = o.learn * (0.5f * (1 + cosf(3.14159265f * done)) + 0.01f) * fminf(1, (float)(it + 1) / 30);
		network_adam(&net, &gradient, &m, &v, &o, rate / 1, it + 1);
		now /= (float)o.batch;
		spikes /= (float)o.batch * (float)o.window * (float)o.hidden;
		mean_loss = it ? mean_loss + 0.05f * (now - mean_loss) : now;
		mean_spikes = it ? mean_spikes + 0.05f * (spikes - mean_spikes) : spikes;
		if (it % 100 == 99 || it == 0)
			fprintf(stderr, "%5d of %d: loss %.3f, spikes %.3f a neuron and tick, %ld s\n", it + 1, o.iterations, mean_loss, mean_spikes, (long)(time(NULL) - start));
	}
	network_quantise(&net, &o, &quantised);
	return network_write(&quantised, &o, argv[2]) ? 0 : 1;
}
