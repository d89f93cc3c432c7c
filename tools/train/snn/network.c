/* See network.h. The semantics of the forward pass are native/snn-network.c's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "network.h"

trace *trace_new(int ticks)
{
	trace *t = malloc(sizeof(trace));
	size_t n = (size_t)ticks;
	t->u = malloc(n * sizeof(float));
	t->v = malloc(n * H * sizeof(float));
	t->before = malloc(n * H * sizeof(float));
	t->spikes = malloc(n * sizeof(uint32_t));
	return t;
}

void trace_free(trace *t)
{
	free(t->u);
	free(t->v);
	free(t->before);
	free(t->spikes);
	free(t);
}

static float normal(uint32_t (*next)(void))
{
	float sum = 0;
	for (int i = 0; i < 12; i++)
		sum += (float)next() / 4294967296.0f;
	return sum - 6;
}

/* Neurons from `first` on are a second layer: the first feeds them, and only forward. */
static int connected(const options *o, int from, int to)
{
	return from < o->first && to >= o->first && to < o->hidden;
}

void network_random(network *n, const options *o, uint32_t (*next)(void))
{
	memset(n, 0, sizeof(*n));
	float spread = 8 * sqrtf(40.0f / (float)(o->delays * o->lines));
	n->bias = -40;
	for (int h = 0; h < o->hidden; h++) {
		int second = h >= o->first;
		for (int k = 0; k < o->delays; k++)
			for (int i = 0; i < o->lines; i++)
				n->in[k][i][h] = (normal(next) + 0.25f) * spread * (second ? 0.2f : 1);
		for (int j = 0; j < o->hidden; j++)
			if (connected(o, j, h))
				n->recurrent[j][h] = (0.8f * normal(next) + 0.2f) * 50;
		int of = second ? o->hidden - o->first : o->first, at = second ? h - o->first : h;
		n->decay[h] = logf(1.5f) + (logf(40) - logf(1.5f)) * (float)at / (float)(of > 1 ? of - 1 : 1);
		n->out[h] = normal(next) * 20 * (second || o->first >= o->hidden ? 1 : 0.25f);
	}
}

static float rounded(float x)
{
	return fminf(127, fmaxf(-127, rintf(x)));
}

void network_quantise(const network *n, const options *o, network *q)
{
	memset(q, 0, sizeof(*q));
	q->bias = rintf(n->bias);
	for (int h = 0; h < o->hidden; h++) {
		for (int k = 0; k < o->delays; k++)
			for (int i = 0; i < o->lines; i++)
				q->in[k][i][h] = rounded(n->in[k][i][h]);
		for (int j = 0; j < o->hidden; j++)
			q->recurrent[j][h] = rounded(n->recurrent[j][h]);
		q->decay[h] = fminf(254, fmaxf(32, rintf(256 * expf(-1 / expf(n->decay[h])))));
		q->out[h] = rounded(n->out[h]);
	}
}

float network_forward(const network *q, const options *o, const sequence *s, int at, trace *tr)
{
	float v[H] = { 0 }, u = 0, keep = (float)o->decay_out / 256, decay[H];
	uint32_t spikes = 0;
	int total = 0;
	for (int h = 0; h < H; h++)
		decay[h] = q->decay[h] / 256;
	for (int t = 0; t < o->window; t++) {
		float in[H] = { 0 };
		for (int k = 0; k < o->delays; k++) {
			const uint8_t *count = s->count + (size_t)(at + t - o->delay[k]) * (size_t)s->lines;
			for (int i = 0; i < s->lines; i++)
				if (count[i]) {
					float c = count[i];
					const float *w = q->in[k][i];
					for (int h = 0; h < H; h++)
						in[h] += c * w[h];
				}
		}
		for (uint32_t rest = spikes; rest; rest &= rest - 1) {
			const float *w = q->recurrent[__builtin_ctz(rest)];
			for (int h = 0; h < H; h++)
				in[h] += w[h];
		}
		memcpy(tr->before + t * H, v, sizeof(v));
		uint32_t now = 0;
		for (int h = 0; h < H; h++) {
			v[h] = floorf(v[h] * decay[h]) + in[h];
			v[h] = fminf(8 * THETA, fmaxf(-8 * THETA, v[h]));
		}
		memcpy(tr->v + t * H, v, sizeof(v));
		float sum = 0;
		for (int h = 0; h < H; h++) {
			int z = v[h] >= THETA;
			now |= (uint32_t)z << h;
			sum += z ? q->out[h] : 0;
			v[h] -= z ? THETA : 0;
		}
		u = floorf(u * keep) + sum + q->bias;
		tr->u[t] = u;
		tr->spikes[t] = spikes = now;
		total += __builtin_popcount(now);
	}
	return (float)total;
}

void network_backward(const network *q, const options *o, const sequence *s, int at, const trace *tr, const float *du, network *g)
{
	float gu = 0, gv[H] = { 0 }, later[H] = { 0 }, keep = (float)o->decay_out / 256, decay[H];
	for (int h = 0; h < H; h++)
		decay[h] = q->decay[h] / 256;
	for (int t = o->window - 1; t >= 0; t--) {
		const float *v = tr->v + t * H, *before = tr->before + t * H;
		gu = gu * keep + du[t];
		g->bias += gu;
		for (int h = 0; h < H; h++) {
			float x = fabsf(v[h] - THETA) / (0.35f * THETA) + 1, gz = gu * q->out[h] + later[h] + o->rate;
			gv[h] = gv[h] * decay[h] + gz / (x * x * THETA);
			g->decay[h] += gv[h] * before[h];
			g->out[h] += (tr->spikes[t] >> h & 1) ? gu : 0;
		}
		for (int k = 0; k < o->delays; k++) {
			const uint8_t *count = s->count + (size_t)(at + t - o->delay[k]) * (size_t)s->lines;
			for (int i = 0; i < s->lines; i++)
				if (count[i]) {
					float c = count[i], *w = g->in[k][i];
					for (int h = 0; h < H; h++)
						w[h] += c * gv[h];
				}
		}
		memset(later, 0, sizeof(later));
		for (int j = 0; j < o->first && o->first < o->hidden; j++) {
			float sum = 0;
			const float *w = q->recurrent[j];
			for (int h = 0; h < H; h++)
				sum += w[h] * gv[h];
			later[j] = sum;
		}
		if (t)
			for (uint32_t rest = tr->spikes[t - 1]; rest; rest &= rest - 1) {
				float *w = g->recurrent[__builtin_ctz(rest)];
				for (int h = 0; h < H; h++)
					w[h] += gv[h];
			}
	}
}

void network_add(network *sum, const network *n)
{
	float *a = (float *)sum;
	const float *b = (const float *)n;
	for (size_t i = 0; i < sizeof(network) / sizeof(float); i++)
		a[i] += b[i];
}

static void adam(float *x, float *g, float *m, float *v, size_t n, float rate, int step, float clip)
{
	double norm = 0;
	for (size_t i = 0; i < n; i++)
		norm += (double)g[i] * g[i];
	float scale = clip > 0 && norm > (double)clip * clip ? clip / (float)sqrt(norm) : 1;
	float c1 = 1 / (1 - powf(0.9f, (float)step)), c2 = 1 / (1 - powf(0.98f, (float)step));
	for (size_t i = 0; i < n; i++) {
		float d = g[i] * scale;
		m[i] += 0.1f * (d - m[i]);
		v[i] += 0.02f * (d * d - v[i]);
		x[i] -= rate * m[i] * c1 / (sqrtf(v[i] * c2) + 1e-9f);
	}
}

void network_adam(network *n, network *g, network *m, network *v, const options *o, float rate, int step)
{
	float scale = 1.0f / (float)o->batch;
	float *all = (float *)g;
	for (size_t i = 0; i < sizeof(network) / sizeof(float); i++)
		all[i] *= scale;
	for (int h = 0; h < H; h++) {
		float tau = expf(n->decay[h]), slope = expf(-1 / tau) / tau;
		g->decay[h] *= slope;
		for (int j = 0; j < H; j++)
			if (!connected(o, j, h))
				g->recurrent[j][h] = 0;
		if (h >= o->hidden) {
			g->decay[h] = g->out[h] = 0;
			for (int k = 0; k < DELAYS; k++)
				for (int i = 0; i < LINES; i++)
					g->in[k][i][h] = 0;
		}
	}
#define ADAM(part, speed, clip) adam((float *)n->part, (float *)g->part, (float *)m->part, (float *)v->part, sizeof(n->part) / sizeof(float), (speed) * rate, step, clip)
	ADAM(in, 0.5f, 1);
	ADAM(recurrent, 1, 1);
	ADAM(decay, 0.01f, 1);
	ADAM(out, 0.3f, 0);
	adam(&n->bias, &g->bias, &m->bias, &v->bias, 1, 0.3f * rate, step, 0);
}

int network_write(const network *q, const options *o, const char *path)
{
	FILE *f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "train: can't write %s\n", path);
		return 0;
	}
	fprintf(f, "{\"hidden\":%d,\"lines\":%d,\"decayOut\":%d,\"bias\":%d,\"delays\":[", o->hidden, o->lines, o->decay_out, (int)q->bias);
	for (int k = 0; k < o->delays; k++)
		fprintf(f, "%s%d", k ? "," : "", o->delay[k]);
	fprintf(f, "],\n\"in\":[");
	for (int k = 0; k < o->delays; k++)
		for (int i = 0; i < o->lines; i++)
			for (int h = 0; h < o->hidden; h++)
				fprintf(f, "%s%d", k || i || h ? "," : "", (int)q->in[k][i][h]);
	fprintf(f, "],\n\"recurrent\":[");
	for (int j = 0; j < o->hidden && o->first < o->hidden; j++)
		for (int h = 0; h < o->hidden; h++)
			fprintf(f, "%s%d", j || h ? "," : "", (int)q->recurrent[j][h]);
	fprintf(f, "],\n\"decay\":[");
	for (int h = 0; h < o->hidden; h++)
		fprintf(f, "%s%d", h ? "," : "", (int)q->decay[h]);
	fprintf(f, "],\n\"out\":[");
	for (int h = 0; h < o->hidden; h++)
		fprintf(f, "%s%d", h ? "," : "", (int)q->out[h]);
	fprintf(f, "]}\n");
	return fclose(f) == 0;
}

/* Numbers behind `"name":`, which may be an array. */
static int numbers(const char *text, const char *name, int count, float *out, int columns, int stride)
{
	char key[32];
	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(text, key);
	if (!at)
		return 0;
	at += strlen(key);
	at += *at == '[';
	for (int i = 0; i < count; i++) {
		char *end;
		long x = strtol(at, &end, 10);
		if (end == at)
			return 0;
		out[i / columns * stride + i % columns] = (float)x;
		at = end + (*end == ',');
	}
	return 1;
}

int network_read(network *n, const options *o, const char *path)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return 0;
	static char text[1 << 17];
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	float hidden = 0, lines = 0;
	memset(n, 0, sizeof(*n));
	if (!numbers(text, "hidden", 1, &hidden, 1, 1) || !numbers(text, "lines", 1, &lines, 1, 1) || (int)hidden != o->hidden || (int)lines != o->lines)
		return 0;
	int h = o->hidden, fine = 1;
	float *in = malloc(sizeof(float) * (size_t)(o->delays * o->lines * H));
	fine &= numbers(text, "in", o->delays * o->lines * h, in, h, H);
	for (int k = 0; k < o->delays && fine; k++)
		memcpy(n->in[k], in + k * o->lines * H, sizeof(float) * (size_t)(o->lines * H));
	free(in);
	if (o->first < o->hidden)
		fine &= numbers(text, "recurrent", h * h, n->recurrent[0], h, H);
	fine &= numbers(text, "decay", h, n->decay, h, H) && numbers(text, "out", h, n->out, h, H) && numbers(text, "bias", 1, &n->bias, 1, 1);
	/* The file has x / 256 a tick; learning goes by the time constant. */
	for (int i = 0; i < h; i++)
		n->decay[i] = logf(-1 / logf(n->decay[i] / 256));
	return fine;
}
