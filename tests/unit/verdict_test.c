/* A verdict by launches: the class, whether it is settled, what is missing, what is a note. */
#include "harness/analysis/verdicts.h"
#include "harness/lib/units.h"

#define CORES 0.9
#include "tests/unit/curves.h"

static struct verdict verdict_on(const struct document *doc, const char *server)
{
	struct verdicts verdicts;
	struct err err;

	assert_int_equal(verdicts_of(&verdicts, doc, "close", &err), 0);
	const struct verdict *found = verdicts_find(&verdicts, server);
	struct verdict verdict = found ? *found : (struct verdict){ .class = VERDICT_CLASSES };
	verdicts_release(&verdicts);
	return verdict;
}

static void classes_are_those_of_the_method(void **state)
{
	static const struct {
		const char *name;
		double rates[LEVELS];
		enum verdict_class class;
		const char *title;
	} cases[] = {
		{ "rises", { 1e3, 2e3, 3e3, 4e3, 5e3, 6e3 }, VERDICT_HOLDS, "holds to 32" },
		{ "90 %", { 1e3, 1e4, 1e4, 1e4, 9.5e3, 9001 }, VERDICT_HOLDS, "holds to 32" },
		{ "just less", { 1e3, 1e4, 1e4, 1e4, 9.5e3, 8999 }, VERDICT_SAGS, "sags to 90\u00a0%" },
		{ "50 %", { 1e3, 1e4, 9e3, 8e3, 6e3, 5001 }, VERDICT_SAGS, "sags to 50\u00a0%" },
		{ "less than half", { 1e3, 1e4, 8e3, 7e3, 6e3, 4900 }, VERDICT_COLLAPSES, "collapses to 49\u00a0%" },
		{ "a cliff", { 1e3, 1e4, 1e4, 1e4, 6900, 6900 }, VERDICT_CLIFF, "cliff at 16" },
		{ "what comes back is none", { 1e3, 1e4, 6e3, 1e4, 1e4, 1e4 }, VERDICT_HOLDS, "holds to 32" },
		{ "nor what comes back and sags", { 1e3, 1e4, 6e3, 1e4, 9e3, 8e3 }, VERDICT_SAGS, "sags to 80\u00a0%" },
		{ "84 % is no way back", { 1e3, 1e4, 6e3, 8.4e3, 8.4e3, 8.4e3 }, VERDICT_CLIFF, "cliff at 4" },
		{ "29 % is none", { 1e3, 1e4, 1e4, 1e4, 1e4, 7100 }, VERDICT_SAGS, "sags to 71\u00a0%" },
		{ "60 % over two doublings is one", { 1e3, 1e4, 1e4, 1e4, 0, 4e3 }, VERDICT_CLIFF, "cliff at 32" },
		{ "50 % over two need not be", { 1e3, 1e4, 1e4, 1e4, 0, 5001 }, VERDICT_SAGS, "sags to 50\u00a0%" },
		{ "it fails at last", { 1e3, 1e4, 1e4, 1e4, 1e4, NAN }, VERDICT_FAILS, "fails from 32" },
		{ "it fails in between", { 1e3, 1e4, NAN, 1e4, 1e4, 1e4 }, VERDICT_FAILS, "fails from 4" },
		{ "failing says more than a cliff", { 1e3, 1e4, 1e3, 1e3, 1e3, NAN }, VERDICT_FAILS, "fails from 32" },
		{ "one level", { 0, 0, 0, 0, 0, 1e4 }, VERDICT_UNKNOWN, "not yet known" },
		{ "the client is the limit",
		  { 1e3, 1e4, BOUND + 2e4, BOUND + 2e4, BOUND + 2e4, BOUND + 2e4 },
		  VERDICT_CLIENT,
		  "as fast as the client" },
		{ "its best is a lower bound, and it keeps that",
		  { 1e3, 1e4, BOUND + 2e4, 2e4, 2e4, 2e4 },
		  VERDICT_UNKNOWN,
		  "not yet known" },
		{ "a fall from a lower bound is real",
		  { 1e3, 1e4, BOUND + 2e4, 2e4, 1.5e4, 1.41e4 },
		  VERDICT_SAGS,
		  "sags to 70\u00a0%" },
		{ "and a cliff", { 1e3, 1e4, BOUND + 2e4, 1e4, 1e4, 1e4 }, VERDICT_CLIFF, "cliff at 8" },
		{ "a fall to a lower bound is none",
		  { 1e3, 2e4, BOUND + 1e4, 2e4, 2e4, 1e4 + BOUND },
		  VERDICT_CLIENT,
		  "as fast as the client" },
		{ "what the control server gives is no fall",
		  { 1e3, 1.5e5, 1.4e5, 1.4e5, 1.2e5, 9e4 },
		  VERDICT_CLIENT,
		  "as fast as the client" },
		{ "nor is it that where enough is kept",
		  { 1e3, 1e5, 1e5, 1e5, 1e5, 9.5e4 },
		  VERDICT_HOLDS,
		  "holds to 32" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		char title[VERDICT_TITLE];
		for (uint64_t block = 1; block <= 3; block++)
			curve_add(&doc, "s", cases[i].rates, block);
		struct verdict verdict = verdict_on(&doc, "s");
		check_text(cases[i].name, verdict_names[verdict.class], verdict_names[cases[i].class]);
		check_text(cases[i].name, verdict_title(title, &verdict), cases[i].title);
		assert_int_equal(verdict.settled, cases[i].class != VERDICT_UNKNOWN);
		if (!verdict.settled != !!verdict.missing[0])
			fail_msg("%s: what is missing is '%s'", cases[i].name, verdict.missing);
		if (verdict.settled)
			assert_true(verdict.agree == 3 && verdict.launches == 3);
		document_release(&doc);
	}
}

/* What waits for its turn longer than the timeout has not failed: the client gave it up. */
static void impatience_is_no_failure(void **state)
{
	static const struct {
		const char *name, *timeout;
		double rates[LEVELS]; /* the last: at 32 connections, where a tenth of the requests timed out */
		enum verdict_class class;
		const char *missing;
	} cases[] = {
		{ "4 s at its best",
		  "5s",
		  { 1, 8, 8, 8, 8, 8 },
		  VERDICT_UNKNOWN,
		  "a longer --timeout: at 32 connections a response takes 4.00s, at the server's best rate" },
		{ "half of the timeout", "8s", { 1, 8, 8, 8, 8, 5 }, VERDICT_UNKNOWN, "a longer --timeout" },
		{ "a timeout of two rounds and more", "9s", { 1, 8, 8, 8, 8, 8 }, VERDICT_FAILS, "" },
		{ "a rate that broke down", "9s", { 1, 8, 8, 8, 8, 1 }, VERDICT_FAILS, "" },
		{ "a fast one", "5s", { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 }, VERDICT_FAILS, "" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char name[] = "timeout", seconds[UNITS_TEXT];
		struct document_option timeout = { name, seconds };
		snprintf(seconds, sizeof seconds, "%s", cases[i].timeout);
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 3; block++) {
			curve_add(&doc, "s", cases[i].rates, block);
			doc.cells[doc.cells_count - 1].failed[LOAD_TIMEOUT] = 10000;
		}
		doc.options = &timeout;
		doc.options_count = 1;
		struct verdict verdict = verdict_on(&doc, "s");
		check_text(cases[i].name, verdict_names[verdict.class], verdict_names[cases[i].class]);
		check_words(verdict.missing, cases[i].missing);
		/* Not one response: so long as nothing else went wrong. */
		for (uint64_t block = 1; block <= 3; block++) {
			struct cell *cell = &doc.cells[block * LEVELS - 1];
			cell->ok = 0;
			cell->rate_rps = 0;
			cell_invalidate(cell, INVALID_NO_ANSWERS);
		}
		verdict = verdict_on(&doc, "s");
		check_text(cases[i].name, verdict_names[verdict.class], verdict_names[cases[i].class]);
		for (uint64_t block = 1; block <= 3; block++)
			doc.cells[block * LEVELS - 1].failed[LOAD_RESET] = 1;
		verdict = verdict_on(&doc, "s");
		check_text(cases[i].name, verdict_names[verdict.class], verdict_names[VERDICT_FAILS]);
		doc.options = NULL;
		doc.options_count = 0;
		document_release(&doc);
	}
}

/* A run of one or two launches, one with holes, one that lacks the highest level: never an invented verdict. */
static void what_is_missing_is_said(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const struct {
		const char *name;
		double rates[4][LEVELS];
		const char *missing;
	} cases[] = {
		{ "one launch", { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 } }, "2 of the 3 launches that it takes, at 32" },
		{ "two launches",
		  { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 }, { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 } },
		  "1 of the 3 launches" },
		{ "a hole at the end",
		  { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 }, { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 }, { 1e3, 1e4, 1e4, 1e4, 1e4 } },
		  "1 of the 3 launches" },
		{ "no end", { { 1e3, 1e4, 1e4 }, { 1e3, 1e4, 1e4 }, { 1e3, 1e4, 1e4 } }, "a valid figure at 32" },
		{ "scatter",
		  { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, 1e4, 1e4, 1e4, 8e3 },
		    { 1e3, 1e4, 1e4, 1e4, 1e4, 9.5e3 } },
		  "may be that of 'sags' or of 'holds'" },
		{ "it may be a cliff",
		  { { 1e3, 1e4, 1e4, 1e4, 6e3, 6e3 },
		    { 1e3, 1e4, 1e4, 1e4, 7e3, 7e3 },
		    { 1e3, 1e4, 1e4, 1e4, 7.5e3, 7.5e3 } },
		  "may be a cliff or none" },
		{ "it failed once",
		  { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, NAN, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 } },
		  "it failed in 1 of 3" },
		{ "it failed in two of four",
		  { { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, NAN, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 },
		    { 1e3, 1e4, NAN, 1e4, 1e4, 1e4 } },
		  "it failed in 2 of 4" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		for (uint64_t block = 0; block < 4; block++)
			curve_add(&doc, "s", cases[i].rates[block], block + 1);
		curve_add(&doc, "other", flat, 1);
		struct verdict verdict = verdict_on(&doc, "s");
		check_text(cases[i].name, verdict_names[verdict.class], "not yet known");
		check_words(verdict.missing, cases[i].missing);
		document_release(&doc);
	}

	struct document empty = { 0 };
	assert_int_equal(verdict_on(&empty, "s").class, VERDICT_CLASSES);
	curve_add(&empty, "other", flat, 1);
	assert_int_equal(verdict_on(&empty, "other").settled, false);
	document_release(&empty);
}

static bool has_note(const struct verdict *verdict, const char *words)
{
	for (size_t i = 0; i < verdict->notes_count; i++)
		if (strstr(verdict->notes[i], words))
			return true;
	return false;
}

/* What one launch of five shows is a note: a dip, a burst of resets. */
static void one_launch_is_a_note(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const double dip[LEVELS] = { 1e3, 1e4, 1e4, 5e3, 1e4, 1e4 };

	(void)state;
	for (uint64_t dips = 0; dips <= 5; dips++) {
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 5; block++)
			curve_add(&doc, "s", block <= dips ? dip : flat, block);
		struct verdict verdict = verdict_on(&doc, "s");
		assert_int_equal(verdict.class, VERDICT_HOLDS);
		assert_int_equal(has_note(&verdict, "dip at 8 connections"), dips >= 3);
		document_release(&doc);
	}
	for (unsigned bad = 0; bad <= 5; bad++) {
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 5; block++)
			curve_add(&doc, "s", flat, block);
		for (unsigned i = 0; i < bad; i++)
			doc.cells[i * LEVELS + 4].failed[LOAD_RESET] = 178;
		struct verdict verdict = verdict_on(&doc, "s");
		enum verdict_class right = bad < 2 ? VERDICT_HOLDS : bad > 2 ? VERDICT_FAILS : VERDICT_UNKNOWN;
		assert_int_equal(verdict.class, right);
		assert_int_equal(has_note(&verdict, "failures in 1 launch"), bad == 1);
		assert_int_equal(verdict.failing, bad);
		document_release(&doc);
	}

	/* So few may be 0.1 % of the requests, or less. */
	struct document doc = { 0 };
	for (uint64_t block = 1; block <= 3; block++)
		curve_add(&doc, "s", flat, block);
	for (size_t i = 0; i < doc.cells_count; i++)
		doc.cells[i].failed[LOAD_RESET] = 110;
	assert_int_equal(verdict_on(&doc, "s").class, VERDICT_HOLDS);
	document_release(&doc);
}

/* A server that serves some connections over and over and never accepts the others fails, whatever its rate. */
static void the_shut_out_are_failures(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const struct {
		const char *mode;
		double open_mean, open_max;
		uint64_t ok;
		enum verdict_class class;
	} cases[] = {
		{ "keepalive", 20, 20, 1000, VERDICT_FAILS },
		{ "keepalive", 18, 20, 1000, VERDICT_HOLDS }, /* it continues to accept */
		{ "keepalive", 20, 20, 30, VERDICT_HOLDS },   /* it has not come to them yet */
		{ "keepalive", NAN, NAN, 1000, VERDICT_HOLDS },
		{ "close", 20, 20, 1000, VERDICT_HOLDS },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		struct verdicts verdicts;
		struct err err;
		for (uint64_t block = 1; block <= 3; block++) {
			curve_add(&doc, "s", flat, block);
			struct cell *last = &doc.cells[doc.cells_count - 1];
			last->open_mean = cases[i].open_mean;
			last->open_max = cases[i].open_max;
			last->ramp_reached = 20;
			last->never_served = 12;
			last->ok = cases[i].ok;
		}
		for (size_t j = 0; j < doc.cells_count; j++)
			cell_set_text(&doc.cells[j].mode, cases[i].mode);
		assert_int_equal(verdicts_of(&verdicts, &doc, cases[i].mode, &err), 0);
		check_text("class", verdict_names[verdicts.of[0].class], verdict_names[cases[i].class]);
		if (cases[i].class == VERDICT_FAILS) {
			assert_int_equal(verdicts.of[0].from_level, 32);
			assert_true(verdicts.of[0].failure_share == 12.0 / 32);
			assert_true(has_note(&verdicts.of[0], "takes in 20 connections at most"));
		}
		verdicts_release(&verdicts);
		document_release(&doc);
	}
}

/* What the control server loses too is due to the host: cost per request rises by as much for all. */
static void what_the_host_takes_is_not_the_servers(void **state)
{
	static const struct {
		double rise_us; /* of the control server */
		enum verdict_class class;
	} cases[] = { { 0, VERDICT_SAGS }, { 1, VERDICT_SAGS }, { 1.9, VERDICT_HOLDS } };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 3; block++)
			for (size_t level = 0; level < LEVELS; level++) {
				double loss_us = level == LEVELS - 1 ? 1.9 : 0;
				double rise_us = level == LEVELS - 1 ? cases[i].rise_us : 0;
				cell_add(&doc, "s", levels[level], block, 1e6 / (4.7 + loss_us))
					->server_cpu_us_per_request = 4.7 + loss_us;
				cell_add(&doc, "control", levels[level], block, 3e5)->server_cpu_us_per_request =
					3 + rise_us;
			}
		for (size_t j = 0; j < doc.cells_count; j++)
			doc.cells[j].ceiling_rps = 3e5;
		struct verdict verdict = verdict_on(&doc, "s");
		check_text("class", verdict_names[verdict.class], verdict_names[cases[i].class]);
		assert_true(fabs(verdict.retention.value - 4.7 / 6.6) < 1e-9);
		assert_true(fabs(verdict.remains.value - (4.7 + cases[i].rise_us) / 6.6) < 1e-9);
		assert_int_equal(has_note(&verdict, "what the host takes"), cases[i].rise_us > 0);
		document_release(&doc);
	}
}

static void a_machine_that_is_unsteady_is_taken_out(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const double slow[] = { 1, 0.5, 0.7, 1.1, 0.9 };
	struct document doc = { 0 };

	(void)state;
	for (uint64_t block = 1; block <= 5; block++) {
		curve_add(&doc, "s", flat, block);
		curve_add(&doc, "control", flat, block);
		/* At the highest level the machine is slow, for both. */
		for (size_t i = 1; i <= 2; i++)
			doc.cells[doc.cells_count - 1 - (i - 1) * LEVELS].rate_rps *= slow[block - 1];
	}
	for (size_t i = 0; i < doc.cells_count; i++)
		doc.cells[i].ceiling_rps = NAN;
	struct verdict verdict = verdict_on(&doc, "s");
	assert_true(has_note(&verdict, "the machine was unsteady"));
	check_text("class", verdict_names[verdict.class], "holds");
	document_release(&doc);
}

/* What the control server does for itself is not added to the others, and half of what it does where they do half. */
static void only_what_is_shared_is_taken_out(void **state)
{
	static const double flat[LEVELS] = { 1e3, 1e4, 1e4, 1e4, 1e4, 1e4 };
	static const double drift[LEVELS][5] = {
		{ 1.3, 0.8, 1.1, 0.7, 1.0 }, { 0.7, 1.2, 0.9, 1.3, 1.0 }, { 1.0, 0.6, 1.4, 0.9, 1.1 },
		{ 0.9, 1.1, 0.7, 1.0, 1.3 }, { 1.2, 1.0, 0.8, 1.1, 0.7 }, { 0.5, 1.0, 1.2, 0.8, 1.5 },
	};
	static const struct {
		double shared;
		const char *note;
	} cases[] = {
		{ 0, "the machine was unsteady: the control server's rate scatters by 42\u00a0%" },
		{ -0.5, "the machine was unsteady: the control server's rate scatters by 42\u00a0%" },
		{ 0.5, ", of which 50\u00a0% shows here too" },
		{ 1, ", of which 100\u00a0% shows here too" },
	};

	(void)state;
	for (size_t k = 0; k < LENGTH(cases); k++) {
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 5; block++) {
			curve_add(&doc, "s", flat, block);
			curve_add(&doc, "control", flat, block);
			for (size_t i = 0; i < LEVELS; i++) {
				double by = drift[i][block - 1];
				doc.cells[doc.cells_count - LEVELS + i].rate_rps *= by;
				doc.cells[doc.cells_count - 2 * LEVELS + i].rate_rps *= pow(by, cases[k].shared);
			}
		}
		for (size_t i = 0; i < doc.cells_count; i++)
			doc.cells[i].ceiling_rps = NAN;
		struct verdict verdict = verdict_on(&doc, "s");
		if (!has_note(&verdict, cases[k].note))
			fail_msg("%g shared: no note with '%s'", cases[k].shared, cases[k].note);
		assert_int_equal(has_note(&verdict, "of which"), cases[k].shared > 0);
		if (cases[k].shared >= 0) {
			check_text("class", verdict_names[verdict.class], "holds");
			assert_true(fabs(verdict.retention.value - 1) < 0.02);
		}
		document_release(&doc);
	}
}

/* Rate is CPU divided by cost: which of the two has changed is the kind. */
static void kinds_follow_from_three_curves(void **state)
{
	static const struct {
		double cost_us, steal_ms,
			pressure_ms; /* at the last level, where the rate is half of what it was at 90 µs */
		enum verdict_kind kind;
	} cases[] = { { 180, 0, 900, VERDICT_WORKS_MORE },
		      { 90, 0, 0, VERDICT_WAITS },
		      { 90, 300, 0, VERDICT_CPU_TAKEN },
		      { 90, 0, 900, VERDICT_CPU_TAKEN } };
	static const double sags[LEVELS] = { 1e3, 1e4, 9e3, 8e3, 7e3, 6e3 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct document doc = { 0 };
		for (uint64_t block = 1; block <= 3; block++) {
			curve_add(&doc, "s", sags, block);
			struct cell *last = &doc.cells[doc.cells_count - 1];
			last->server_cpu_us_per_request = cases[i].cost_us;
			last->kernel.counters[KERNEL_STEAL_MS] = cases[i].steal_ms;
			last->kernel.counters[KERNEL_CPU_PRESSURE_MS] = cases[i].pressure_ms;
		}
		check_text("kind", verdict_kind_names[verdict_on(&doc, "s").kind], verdict_kind_names[cases[i].kind]);
		document_release(&doc);
	}
}

/* Head and body in two writes, Nagle against delayed ACK: 40 ms at low levels, and nobody is busy. */
static void waiting_at_low_levels_is_told(void **state)
{
	static const double rates[LEVELS] = { 23, 46, 92, 1e4, 1e4, 1e4 };
	struct document doc = { 0 };
	char words[VERDICT_TITLE];

	(void)state;
	for (uint64_t block = 1; block <= 3; block++) {
		curve_add(&doc, "s", rates, block);
		for (size_t i = 0; i < LEVELS; i++) {
			struct cell *cell = &doc.cells[doc.cells_count - LEVELS + i];
			cell->server_cpu_us_per_request = 90;
			cell->client_cpu_busiest = 0.1;
			cell->latency_ns.p50 = i < 3 ? 43e6 : 1e5;
			cell->connect_ns.p99 = i == 5 ? 2.3e9 : 1e5;
			cell->kernel.counters[KERNEL_SYN_RETRANS] = i == 5 ? 5000 : 0;
		}
	}
	struct verdict verdict = verdict_on(&doc, "s");
	check_text("class", verdict_names[verdict.class], "holds");
	assert_int_equal(verdict.waits_to, 4);
	assert_true(verdict.waits_ns == 43e6);
	check_words(verdict_words(words, &verdict), "waits 43.0ms, up to 4");
	assert_true(has_note(&verdict, "SYNs are sent again: p99 2.30s to connect, at 32"));
	document_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_those_of_the_method),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(impatience_is_no_failure),
		cmocka_unit_test(one_launch_is_a_note),
		cmocka_unit_test(the_shut_out_are_failures),
		cmocka_unit_test(what_the_host_takes_is_not_the_servers),
		cmocka_unit_test(a_machine_that_is_unsteady_is_taken_out),
		cmocka_unit_test(only_what_is_shared_is_taken_out),
		cmocka_unit_test(kinds_follow_from_three_curves),
		cmocka_unit_test(waiting_at_low_levels_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
