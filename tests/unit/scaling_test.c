/* Does a server scale: the shape of its curve, the class, and the likely cause. */
#include "harness/analysis/ceiling.h"
#include "harness/analysis/scaling.h"
#include "harness/analysis/verdicts.h"
#include "harness/record/result.h"

#define BLOCKS 5
#define CORES  0.5
#include "tests/unit/curves.h"

/* The same again in two more launches, where there is one. */
static void launches_add(struct document *doc)
{
	size_t first = doc->cells_count;

	for (size_t i = 0; i < first; i++)
		if (doc->cells[i].block > 1)
			return;
	for (uint64_t block = 2; block <= 3; block++)
		for (size_t i = 0; i < first; i++) {
			char *line = result_cell_line(&doc->cells[i]);
			struct cell cell;
			struct err err;
			assert_int_equal(result_read_line(&cell, line, strlen(line), &err), 0);
			cell.block = block;
			assert_int_equal(document_add_cell(doc, &cell), 0);
			free(line);
		}
}

static struct scaling shape_of(struct document *doc)
{
	struct scaling scaling;
	struct verdicts verdicts;
	struct err err;

	launches_add(doc);
	assert_int_equal(verdicts_of(&verdicts, doc, "close", &err), 0);
	const struct verdict *verdict = verdicts_find(&verdicts, "s");
	struct verdict none = { .server = "s", .mode = "close", .class = VERDICT_UNKNOWN, .leans = VERDICT_UNKNOWN };
	assert_int_equal(scaling_of(&scaling, doc, verdict ? verdict : &none, &err), 0);
	verdicts_release(&verdicts);
	return scaling;
}

static void shape_has_no_model(void **state)
{
	static const double rates[LEVELS] = { 1e3, 7e3, 9.6e3, 1e4, 8e3, 6e3 };
	struct document doc = { 0 };

	(void)state;
	curve_add(&doc, "s", rates, 1);
	struct scaling scaling = shape_of(&doc);
	assert_int_equal(scaling.levels, 6);
	assert_int_equal(scaling.first_level, 1);
	assert_int_equal(scaling.last_level, 32);
	assert_true(scaling.one_rps == 1e3 && scaling.max_rps == 1e4 && scaling.last_rps == 6e3);
	assert_int_equal(scaling.max_level, 8);
	assert_int_equal(scaling.n95_level, 4);
	assert_true(fabs(scaling.retention - 0.6) < 1e-9);
	assert_true(fabs(scaling.verdict.fall.value - 0.75) < 1e-9);
	assert_int_equal(scaling.verdict.fall_from, 16);
	assert_int_equal(scaling.verdict.fall_to, 32);
	assert_int_equal(scaling.errors_level, 0);
	document_release(&doc);

	struct document none = { 0 };
	scaling = shape_of(&none);
	assert_int_equal(scaling.verdict.class, VERDICT_UNKNOWN);
	assert_int_equal(scaling.cause, SCALING_NOT_MEASURED);
	assert_true(isnan(scaling.max_rps) && isnan(scaling.retention));
}

static void a_few_errors_are_no_failure(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const struct {
		uint64_t failed;
		enum verdict_class class;
	} cases[] = { { 0, VERDICT_HOLDS }, { 125, VERDICT_HOLDS }, { 127, VERDICT_FAILS }, { 50000, VERDICT_FAILS } };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		curve_add(&doc, "s", flat, 1);
		doc.cells[3].failed[LOAD_RESET] = cases[i].failed;
		doc.cells[3].ok = 100000 - cases[i].failed;
		struct scaling scaling = shape_of(&doc);
		assert_int_equal(scaling.verdict.class, cases[i].class);
		assert_int_equal(scaling.errors_level, cases[i].failed ? 8 : 0);
		assert_int_equal(scaling.verdict.from_level, cases[i].class == VERDICT_FAILS ? 8 : 0);
		document_release(&doc);
	}

	/* One launch of five that died is an error, and not what the server does. */
	struct document doc = { 0 };
	for (unsigned block = 1; block <= BLOCKS; block++)
		curve_add(&doc, "s", flat, block);
	cell_fail(&doc.cells[5], "the server exited");
	struct scaling scaling = shape_of(&doc);
	assert_int_equal(scaling.verdict.class, VERDICT_HOLDS);
	assert_int_equal(scaling.errors_level, 32);
	document_release(&doc);
}

static void figures_that_are_not_valid_do_not_count(void **state)
{
	static const double rates[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 2e4 };
	struct document doc = { 0 };
	char reason[SCALING_TEXT];

	(void)state;
	curve_add(&doc, "s", rates, 1);
	cell_invalidate(&doc.cells[5], INVALID_SHORT_CONCURRENCY);
	struct scaling scaling = shape_of(&doc);
	assert_int_equal(scaling.verdict.class, VERDICT_UNKNOWN);
	assert_int_equal(scaling.cause, SCALING_NOT_MEASURED);
	assert_true(scaling.max_rps == 1e4);
	check_text("why", scaling_reason(reason, &scaling), "not yet known: a valid figure at 32 connections");
	document_release(&doc);

	/* Another server was measured at a level at which this one was not. */
	struct document two = { 0 };
	curve_add(&two, "s", rates, 1);
	cell_add(&two, "other", 64, 1, 1e4);
	assert_int_equal(shape_of(&two).verdict.class, VERDICT_UNKNOWN);
	assert_int_equal(shape_of(&two).last_level, 64);
	document_release(&two);
}

static void spoil_files(struct cell *cell)
{
	cell->server_use.files_max = 20000;
	cell->server_use.files_limit = 20000;
}

static void spoil_memory(struct cell *cell)
{
	cell->kernel.counters[KERNEL_MEMORY_PRESSURE_MS] = 500;
}

static void spoil_steal(struct cell *cell)
{
	cell->kernel.counters[KERNEL_STEAL_MS] = 100;
}

static void spoil_cost(struct cell *cell)
{
	cell->server_cpu_us_per_request = 1e6 / cell->rate_rps;
}

/* At the cost of its best, but at twice that rate a core: one that is full at both. */
static void spoil_cores(struct cell *cell)
{
	for (struct cell *each = cell - 5; each <= cell; each++)
		each->server_cpu_us_per_request = 200;
}

static void spoil_queue(struct cell *cell)
{
	cell->kernel.counters[KERNEL_LISTEN_OVERFLOWS] = 5000;
	cell->kernel.counters[KERNEL_SYN_RETRANS] = 5000;
}

static void spoil_syns(struct cell *cell)
{
	cell->kernel.counters[KERNEL_SYN_RETRANS] = 5000;
}

static void spoil_nothing(struct cell *cell)
{
	(void)cell;
}

static void spoil_ports(struct cell *cell)
{
	cell->failed[LOAD_NO_LOCAL_PORT] = 1000;
}

static void spoil_client_files(struct cell *cell)
{
	cell->failed[LOAD_NO_FD] = 1000;
}

/* Not one request has left the client. */
static void spoil_all_ports(struct cell *cell)
{
	cell->rate_rps = 0;
	cell->ok = 0;
	cell->failed[LOAD_NO_LOCAL_PORT] = 1000;
	cell_invalidate(cell, INVALID_NO_ANSWERS);
}

static void spoil_all_client_files(struct cell *cell)
{
	spoil_all_ports(cell);
	cell->failed[LOAD_NO_LOCAL_PORT] = 0;
	cell->failed[LOAD_NO_FD] = 1000;
}

/* Some of them have, and none was answered. */
static void spoil_ports_and_silence(struct cell *cell)
{
	spoil_all_ports(cell);
	cell->failed[LOAD_TIMEOUT] = 10;
}

static void spoil_death(struct cell *cell)
{
	cell_fail(cell, "the server exited");
}

static void causes_follow_from_the_evidence(void **state)
{
	static const double sags[LEVELS] = { 1e3, 1e4, 9e3, 8e3, 8e3, 6e3 };
	static const struct {
		const char *name;
		void (*spoil)(struct cell *cell);
		enum verdict_class class;
		enum scaling_cause cause;
		const char *reason;
	} cases[] = {
		{ "nothing", spoil_nothing, VERDICT_SAGS, SCALING_UNKNOWN,
		  "at 32 connections 60 % of its maximum rate" },
		{ "files", spoil_files, VERDICT_SAGS, SCALING_FILES,
		  "likely cause: the server's file limit (100 % of" },
		{ "memory", spoil_memory, VERDICT_SAGS, SCALING_MEMORY, "likely cause: memory" },
		{ "steal", spoil_steal, VERDICT_SAGS, SCALING_STEAL, "likely cause: CPU stolen" },
		{ "cost", spoil_cost, VERDICT_SAGS, SCALING_CPU_RISING,
		  "(166.7 µs a request, 50.0 µs at its maximum rate)" },
		{ "cores", spoil_cores, VERDICT_SAGS, SCALING_CPU_FLAT, "server CPU (1.20 cores, 200.0 µs a request)" },
		{ "queue", spoil_queue, VERDICT_SAGS, SCALING_BACKLOG, "(0.05 connections dropped for each request)" },
		{ "syns", spoil_syns, VERDICT_SAGS, SCALING_SYN_LOSS, "lost SYNs (0.05 sent again" },
		{ "ports", spoil_ports, VERDICT_UNKNOWN, SCALING_CLIENT_PORTS,
		  "local ports or descriptors of the client" },
		{ "client files", spoil_client_files, VERDICT_UNKNOWN, SCALING_CLIENT_FILES,
		  "local ports or descriptors of the client" },
		{ "nothing but ports", spoil_all_ports, VERDICT_UNKNOWN, SCALING_CLIENT_PORTS,
		  "local ports or descriptors of the client" },
		{ "nothing but client files", spoil_all_client_files, VERDICT_UNKNOWN, SCALING_CLIENT_FILES,
		  "local ports or descriptors of the client" },
		{ "silence too", spoil_ports_and_silence, VERDICT_FAILS, SCALING_DIED, "it no longer responds" },
		{ "death", spoil_death, VERDICT_FAILS, SCALING_DIED, "at 32 connections it no longer responds" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		char reason[SCALING_TEXT];
		curve_add(&doc, "s", sags, 1);
		cases[i].spoil(&doc.cells[5]);
		struct scaling scaling = shape_of(&doc);
		check_text(cases[i].name, verdict_names[scaling.verdict.class], verdict_names[cases[i].class]);
		check_text(cases[i].name, scaling_cause_names[scaling.cause], scaling_cause_names[cases[i].cause]);
		check_words(scaling_reason(reason, &scaling), cases[i].reason);
		document_release(&doc);
	}
}

/* A server of several threads has not filled its CPUs where it has filled one. */
static void a_full_cpu_is_one_of_those_it_can_use(void **state)
{
	static const double sags[LEVELS] = { 1e3, 1e4, 9e3, 8e3, 8e3, 6e3 };
	static const struct {
		const char *cpus;
		double cost_us; /* at all levels: the cores used are 0.006 times that at the last, 0.01 at most */
		enum scaling_cause cause;
	} cases[] = {
		{ "1", 200, SCALING_CPU_FLAT },
		{ "0-1", 200, SCALING_UNKNOWN },
		{ "0-1", 300, SCALING_CPU_FLAT },
		{ "0,2-4", 300, SCALING_UNKNOWN },
		{ "0,2-4", 600, SCALING_CPU_FLAT },
		/* One thread is full at one CPU, wherever it may run. */
		{ "0-3", 104, SCALING_UNKNOWN },
		{ "1", 104, SCALING_UNKNOWN },
		{ "no list", 200, SCALING_CPU_FLAT },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { .server_cpus = strdup(cases[i].cpus) };
		curve_add(&doc, "s", sags, 1);
		for (size_t j = 0; j < doc.cells_count; j++)
			doc.cells[j].server_cpu_us_per_request = cases[i].cost_us;
		check_text(cases[i].cpus, scaling_cause_names[shape_of(&doc).cause],
			   scaling_cause_names[cases[i].cause]);
		document_release(&doc);
	}
}

/* The control server limits others only where none is faster; then a fall to its rate says nothing, else it does. */
static void a_ceiling_that_is_exceeded_is_none(void **state)
{
	static const double sags[LEVELS] = { 1e3, 1.4e5, 1.4e5, 1.4e5, 1.2e5, 9.5e4 };
	static const struct {
		const char *name;
		double other_rps
			[2]; /* of another server at the last level, in two blocks; the control server has 100,000 */
		bool holds;
		enum verdict_class class;
	} cases[] = {
		{ "slower", { 9e4, 8e4 }, true, VERDICT_CLIENT },
		{ "noise", { 1.04e5, 1.05e5 }, true, VERDICT_CLIENT },
		{ "faster in one block", { 1.2e5, 1.0e5 }, true, VERDICT_CLIENT },
		{ "faster", { 1.06e5, 1.07e5 }, false, VERDICT_SAGS },
		{ "faster, as far as is known", { NAN, 1.07e5 }, false, VERDICT_SAGS },
		{ "without a figure", { NAN, NAN }, true, VERDICT_CLIENT },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		curve_add(&doc, "s", sags, 1);
		for (uint64_t block = 0; block < 2; block++) {
			struct cell *cell = cell_add(&doc, "other", levels[LEVELS - 1], block,
						     cases[i].other_rps[block]);
			if (isnan(cases[i].other_rps[block]))
				cell_fail(cell, "the server exited");
		}
		if (ceiling_holds(&doc, "close", levels[LEVELS - 1]) != cases[i].holds)
			fail_msg("%s: ceiling_holds() is wrong", cases[i].name);
		check_text(cases[i].name, verdict_names[shape_of(&doc).verdict.class], verdict_names[cases[i].class]);
		/* Of the whole mode it is none: s itself is faster at lower levels. */
		assert_false(ceiling_holds(&doc, "close", 0));
		assert_false(ceiling_holds(&doc, "keepalive", 0));
		document_release(&doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape_has_no_model),
		cmocka_unit_test(a_few_errors_are_no_failure),
		cmocka_unit_test(figures_that_are_not_valid_do_not_count),
		cmocka_unit_test(causes_follow_from_the_evidence),
		cmocka_unit_test(a_full_cpu_is_one_of_those_it_can_use),
		cmocka_unit_test(a_ceiling_that_is_exceeded_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
