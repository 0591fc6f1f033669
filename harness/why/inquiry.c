#include "harness/why/inquiry.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/choice.h"
#include "harness/lib/clock.h"
#include "harness/lib/rank.h"
#include "harness/server/quota.h"

/* The levels of the look: far enough apart that what grows with them shows. */
static const uint32_t look_levels[] = { 1, 16, 256, 2048, 8192 };
#define LOOK_LEVELS (sizeof look_levels / sizeof *look_levels)
/* A closed loop of N connections needs N / rate seconds for a round; longer ones are not looked at. */
#define ROUND_S 1.0
/* Connections of a level may take this part of the host's memory. */
#define MEMORY_SHARE 0.25
/* How long the connections of a crowd are silent in the look. */
#define SILENCE_NS   (6 * CLOCK_S)
#define SILENT_LEVEL 64
/* Looks at the same test: after n launches, and after as many again. */
#define LOOKS 2

static void tell(struct inquiry *inquiry, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct inquiry *inquiry, const char *format, ...)
{
	char text[INQUIRY_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (inquiry->tell)
		inquiry->tell(inquiry->context, text);
}

static bool has_time(const struct inquiry *inquiry, uint64_t for_ns)
{
	return clock_ns() - inquiry->began_ns + for_ns <= inquiry->budget_ns;
}

/* Whether the next level is worth a launch, after this one. */
static bool goes_higher(const struct inquiry *inquiry, const struct cell *cell, uint32_t next)
{
	double each = evidence_connection_bytes(&inquiry->evidence);

	if (cell_is_failed(cell) || next > cell->rate_rps * ROUND_S)
		return false;
	if (evidence_fails(cell) && cell->level > 1)
		return false; /* higher, it fails too */
	return !(each * next > MEMORY_SHARE * inquiry->memory_bytes);
}

static int look_at_mode(struct inquiry *inquiry, enum load_mode mode, struct err *err)
{
	for (size_t i = 0; i < LOOK_LEVELS && has_time(inquiry, 0); i++) {
		const struct condition condition = { .modes = 1u << mode, .level = look_levels[i] };
		tell(inquiry, "look: %s, %u connections", load_mode_names[mode], look_levels[i]);
		if (trial_launch(&inquiry->trial, &condition, err))
			return -1;
		const struct cell *cell = trial_cell(&inquiry->trial, mode);
		if (!cell || i + 1 == LOOK_LEVELS || !goes_higher(inquiry, cell, look_levels[i + 1]))
			break;
	}
	return 0;
}

/* Whether the server takes BENCH_WORKERS: its threads and processes with one, and with four. */
static int look_at_workers(struct inquiry *inquiry, struct err *err)
{
	struct evidence *evidence = &inquiry->evidence;
	struct condition condition = { .modes = 1u << LOAD_CLOSE, .level = 1, .workers = 4 };
	const struct cell *one = evidence_cell(evidence, LOAD_CLOSE, 1);

	evidence->threads_one = one ? one->server_use.threads : NAN;
	tell(inquiry, "look: four workers");
	struct document aside = { 0 };
	struct trial trial = inquiry->trial;
	trial.document = &aside;
	int result = trial_launch(&trial, &condition, err);
	const struct cell *four = result ? NULL : trial_cell(&trial, LOAD_CLOSE);
	evidence->threads_four = four ? four->server_use.threads : NAN;
	document_release(&aside);
	return result;
}

/* Another client that can run here; NULL: none. */
static const struct client *other_client(const struct client *client)
{
	struct err ignored;

	for (const struct client *const *other = clients; *other; other++)
		if (*other != client && (*other)->max_connections != 1 &&
		    (!(*other)->find || !(*other)->find(1, &ignored)))
			return *other;
	return NULL;
}

static bool has_quota(void)
{
	struct quota quota;
	struct err ignored;

	return !quota_open(&quota, &ignored) && !quota_close(&quota, &ignored);
}

/* The control server, driven alike: at one connection, and at both ends of a fall. */
static int look_at_control(struct inquiry *inquiry, struct err *err)
{
	struct trial trial = inquiry->trial;
	const struct cell *best, *highest;

	trial.document = &inquiry->control;
	for (int mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE && trial.control; mode++) {
		bool falls = evidence_falls(&inquiry->evidence, (enum load_mode)mode, &best, &highest);
		uint64_t levels[] = { 1, falls ? best->level : 0, falls ? highest->level : 0 };
		for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
			struct condition condition = { .modes = 1u << mode,
						       .level = (uint32_t)levels[i],
						       .control = true };
			if (!levels[i] || (i && levels[i] == levels[0]))
				continue;
			tell(inquiry, "look: the control server, %s, %llu connections", load_mode_names[mode],
			     (unsigned long long)levels[i]);
			if (trial_launch(&trial, &condition, err))
				return -1;
		}
	}
	return 0;
}

static int look(struct inquiry *inquiry, struct err *err)
{
	struct evidence *evidence = &inquiry->evidence;
	const struct condition silence = { .modes = 1u << LOAD_CROWD,
					   .level = SILENT_LEVEL,
					   .duration_ns = SILENCE_NS };

	*evidence = (struct evidence){
		.document = inquiry->known ? inquiry->known : &inquiry->look,
		.server = inquiry->trial.server->name,
		.modes = inquiry->modes,
		.control = &inquiry->control,
		.other = other_client(inquiry->trial.sweep->client),
		.has_quota = has_quota(),
		.keepalive = inquiry->trial.server->keepalive,
		.memory_bytes = inquiry->memory_bytes,
		.cpus = CPU_COUNT(&inquiry->trial.sweep->cpus.server),
		.threads_one = NAN,
		.threads_four = NAN,
	};
	for (int mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE && !inquiry->known; mode++)
		if (inquiry->modes & 1u << mode && (mode == LOAD_CLOSE || evidence->keepalive) &&
		    look_at_mode(inquiry, (enum load_mode)mode, err))
			return -1;
	if (inquiry->modes & 1u << LOAD_CROWD && evidence->keepalive && !inquiry->known) {
		tell(inquiry, "look: crowd, %d connections for %llu s", SILENT_LEVEL,
		     (unsigned long long)(SILENCE_NS / CLOCK_S));
		if (trial_launch(&inquiry->trial, &silence, err))
			return -1;
	}
	if (look_at_control(inquiry, err))
		return -1;
	const struct cell *low = evidence_lowest(evidence, evidence->keepalive ? LOAD_KEEPALIVE : LOAD_CLOSE);
	return low && evidence_waits(evidence, low) ? look_at_workers(inquiry, err) : 0;
}

/* The figures of all launches of an experiment. */
struct figures {
	double values[SUSPECT_TESTS][2][INQUIRY_LAUNCHES];
	size_t count;
};

static int launch_arm(struct inquiry *inquiry, const struct experiment *experiment, int arm, struct figures *figures,
		      struct document *cells, struct err *err)
{
	struct trial trial = inquiry->trial;

	trial.document = cells;
	if (trial_launch(&trial, &experiment->arms[arm], err))
		return -1;
	inquiry->trial.launches = trial.launches;
	for (size_t i = 0; i < experiment->tests_count; i++) {
		const struct cell *cell = trial_cell(&trial, experiment->tests[i].mode);
		figures->values[i][arm][figures->count] = cell ? experiment->tests[i].of(cell) : NAN;
	}
	return 0;
}

/* Launches both arms until each has `launches`, or time is up. Returns 0, or -1 with err set. */
static int launch_pairs(struct inquiry *inquiry, const struct experiment *experiment, size_t launches,
			struct figures *figures, struct document *cells, struct err *err)
{
	uint64_t pair_ns = 0;

	while (figures->count < launches && has_time(inquiry, pair_ns)) {
		uint64_t start_ns = clock_ns();
		int first = figures->count % 2;
		tell(inquiry, "%s: %s: launch %zu of %zu", experiment->suspect->name, experiment->changed,
		     figures->count + 1, launches);
		if (launch_arm(inquiry, experiment, first, figures, cells, err) ||
		    launch_arm(inquiry, experiment, !first, figures, cells, err))
			return -1;
		figures->count++;
		pair_ns = clock_ns() - start_ns;
	}
	return 0;
}

static double median(const double *values, size_t count)
{
	double known[INQUIRY_LAUNCHES];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			known[n++] = values[i];
	qsort(known, n, sizeof *known, rank_order);
	return n ? (known[(n - 1) / 2] + known[n / 2]) / 2 : NAN;
}

/* One that moves is enough; all have to stay for the suspect to be ruled out. */
static int results_decide(struct trial_result *result, const struct figures *figures, double alpha)
{
	const struct experiment *experiment = &result->experiment;

	result->launches = figures->count;
	result->moved = CAUSE_NOT_MOVED;
	result->telling = 0;
	for (size_t i = 0; i < experiment->tests_count; i++) {
		const struct suspect_test *test = &experiment->tests[i];
		if (decision_make(&result->decisions[i], figures->values[i][0], figures->count, figures->values[i][1],
				  figures->count, test->size, test->below, alpha))
			return -1;
	}
	for (size_t i = 0; i < experiment->tests_count; i++) {
		enum cause_moved moved = result->decisions[i].moved;
		if (moved == CAUSE_NOT_MOVED || result->moved == CAUSE_MOVED)
			continue;
		result->moved = moved;
		result->telling = i;
	}
	for (int arm = 0; arm < 2; arm++)
		result->medians[arm] = median(figures->values[result->telling][arm], figures->count);
	return 0;
}

static int experiment_run(struct inquiry *inquiry, struct trial_result *result, size_t tests, struct err *err)
{
	double alpha = INQUIRY_ALPHA / (double)(tests * LOOKS);
	size_t launches = decision_launches(tests * LOOKS, INQUIRY_ALPHA);
	struct figures *figures = calloc(1, sizeof *figures);
	struct document cells = { 0 };
	int bad = figures ? 0 : err_set(err, "out of memory");

	for (size_t look = 1; look <= LOOKS && !bad; look++) {
		size_t wanted = look * launches < INQUIRY_LAUNCHES ? look * launches : INQUIRY_LAUNCHES;
		bad = launch_pairs(inquiry, &result->experiment, wanted, figures, &cells, err);
		if (!bad && results_decide(result, figures, alpha))
			bad = err_set(err, "out of memory");
		if (result->moved != CAUSE_MOVED_UNDECIDED || figures->count < wanted)
			break;
	}
	document_release(&cells);
	free(figures);
	return bad;
}

/* The plausible ones, in the order of the table. Returns how many tests they have. */
static size_t experiments_plan(struct inquiry *inquiry)
{
	size_t tests = 0;

	for (const struct suspect *suspect = suspects; suspect->name; suspect++) {
		struct trial_result *result = &inquiry->results[inquiry->results_count];
		*result = (struct trial_result){ .experiment.suspect = suspect, .moved = CAUSE_MOVED_UNDECIDED };
		if (!suspect->plan(&result->experiment, &inquiry->evidence))
			continue;
		tests += result->experiment.tests_count;
		inquiry->results_count++;
	}
	return tests;
}

static void conclude(struct inquiry *inquiry)
{
	bool undecided = false;

	for (size_t i = 0; i < inquiry->results_count; i++) {
		const struct trial_result *result = &inquiry->results[i];
		if (result->moved == CAUSE_MOVED) {
			inquiry->cause = result->experiment.suspect;
			inquiry->answer = inquiry->cause->answer;
			inquiry->from_level = result->experiment.from_level;
			return;
		}
		undecided |= result->moved == CAUSE_MOVED_UNDECIDED;
	}
	undecided |= !has_time(inquiry, 0); /* what was cut short may have shown more */
	/* What fails, and no suspect is the cause of it, is not explained. */
	const struct evidence *evidence = &inquiry->evidence;
	for (const struct cell *cell = evidence_next(evidence, NULL); cell; cell = evidence_next(evidence, cell))
		undecided |= evidence_fails(cell);
	inquiry->answer = undecided ? CAUSE_UNDECIDED : CAUSE_NONE;
}

int inquiry_run(struct inquiry *inquiry, struct err *err)
{
	inquiry->began_ns = clock_ns();
	inquiry->trial.document = &inquiry->look;
	if (look(inquiry, err))
		return -1;
	size_t tests = experiments_plan(inquiry);
	for (size_t i = 0; i < inquiry->results_count; i++) {
		if (experiment_run(inquiry, &inquiry->results[i], tests, err))
			return -1;
		if (inquiry->results[i].moved == CAUSE_MOVED) {
			inquiry->results_count = i + 1;
			break;
		}
	}
	conclude(inquiry);
	return 0;
}

/* Copies of texts; NULL stays NULL. Returns 0, or -1 where memory is out. */
static int texts_copy(char **const to[], const char *const from[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (from[i] && !(*to[i] = strdup(from[i])))
			return -1;
	return 0;
}

static int result_copy(const struct trial_result *result, struct cause_experiment *to)
{
	const struct experiment *experiment = &result->experiment;
	const struct suspect_test *test = &experiment->tests[result->telling];
	const struct decision *decision = &result->decisions[result->telling];
	bool was_run = result->launches > 0;
	char **const texts[] = { &to->cause, &to->changed, &to->mode, &to->figure };
	const char *const from[] = { experiment->suspect->name, experiment->changed, load_mode_names[test->mode],
				     test->name };

	to->moved = result->moved;
	to->effect = was_run ? decision->effect : NAN;
	to->interval[0] = was_run ? decision->low : NAN;
	to->interval[1] = was_run ? decision->high : NAN;
	to->interval_count = 2;
	to->p = was_run ? decision->p : NAN;
	to->size = test->size;
	to->before = was_run ? result->medians[0] : NAN;
	to->after = was_run ? result->medians[1] : NAN;
	to->launches = result->launches;
	return texts_copy(texts, from, sizeof texts / sizeof *texts);
}

int inquiry_result(const struct inquiry *inquiry, struct cause *cause)
{
	size_t count = inquiry->results_count;
	const struct trial_result *last = inquiry->cause ? &inquiry->results[count - 1] : NULL;
	char **const texts[] = { &cause->server, &cause->mode, &cause->cause, &cause->meaning };
	const char *const from[] = {
		inquiry->trial.server->name,
		last ? load_mode_names[last->experiment.tests[last->telling].mode] : NULL,
		last ? inquiry->cause->name : NULL,
		last ? inquiry->cause->meaning : NULL,
	};

	*cause = (struct cause){ .answer = inquiry->answer, .from_level = last ? inquiry->from_level : 0 };
	cause->experiments = calloc(count + 1, sizeof *cause->experiments);
	if (!cause->experiments || texts_copy(texts, from, sizeof texts / sizeof *texts))
		return -1;
	for (size_t i = 0; i < count; i++) {
		cause->experiments_count = i + 1;
		if (result_copy(&inquiry->results[i], &cause->experiments[i]))
			return -1;
	}
	return 0;
}

void inquiry_release(struct inquiry *inquiry)
{
	document_release(&inquiry->look);
	document_release(&inquiry->control);
}
