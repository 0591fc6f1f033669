/* Noise: by how much launches differ that differ only by chance, and where that is used. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/compare/noise.h"
#include "harness/record/result.h"

static void cell_add(struct document *document, const char *server, uint64_t level, uint64_t block, double rate,
		     double cpu)
{
	struct cell cell;

	assert_int_equal(cell_init(&cell, server, "epoll", "close", level, block), 0);
	cell.rate_rps = rate;
	cell.server_cpu_us_per_request = cpu;
	cell.ok = 1000;
	cell.valid = true;
	assert_int_equal(document_add_cell(document, &cell), 0);
}

/* Blocks at levels 1 and 16: the rate is twice or half of 1000 (a spread of log 2), the CPU time always the same. */
static void run_add(struct document *document, const char *server, uint64_t blocks)
{
	for (uint64_t block = 1; block <= blocks; block++) {
		double rate = block % 2 ? 2000 : 500;
		cell_add(document, server, 1, block, rate, 10);
		cell_add(document, server, 16, block, rate, 10);
	}
}

static double share(const struct noise *noise, const char *server, enum compare_measure measure, uint64_t min_level,
		    uint64_t max_level)
{
	return noise_at(noise, server, "epoll", "close", measure, min_level, max_level);
}

/*
 * Four launches in two halves, of which two are high and two low, all different: in one of three deals the high ones meet (ratio 4
 * or 1/4), else each side has one of both, and the ratio is about 1. The root of the mean square of log 4, 0 and 0 is log 4 / sqrt 3.
 */
static void test_of_four(void **state)
{
	struct document document = { 0 };
	struct noise noise = { 0 };
	struct err err;

	(void)state;
	run_add(&document, "a", 4);
	assert_int_equal(noise_find(&noise, &document, 3000, 1, &err), 0);
	assert_int_equal(noise.launches, 2);
	double wanted = expm1(log(4) / sqrt(3));
	assert_true(fabs(share(&noise, "a", COMPARE_RATE, 1, 16) / wanted - 1) < 0.05);
	assert_true(fabs(share(&noise, "a", COMPARE_RATE, 16, 16) / wanted - 1) < 0.05);
	assert_true(share(&noise, "a", COMPARE_CPU, 1, 16) == 0);
	assert_true(isnan(share(&noise, "a", COMPARE_FAILURES, 1, 16)));
	assert_true(isnan(share(&noise, "b", COMPARE_RATE, 1, 16)));
	assert_true(isnan(share(&noise, "a", COMPARE_RATE, 2, 2)));
	/* A band of other levels has the largest of those that are in it. */
	assert_true(share(&noise, "a", COMPARE_RATE, 1, 8) == share(&noise, "a", COMPARE_RATE, 1, 1));
	noise_release(&noise);
	document_release(&document);
}

/* The more launches, the less noise: with twice as many about 1/sqrt(2) of it. */
static void test_more_launches(void **state)
{
	double found[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct document document = { 0 };
		struct noise noise = { 0 };
		struct err err;
		uint64_t random = 7, blocks = i ? 64 : 16;
		for (uint64_t block = 1; block <= blocks; block++) {
			double sum = -6;
			for (int j = 0; j < 12; j++)
				sum += (double)(random_next(&random) >> 11) / 0x1p53;
			cell_add(&document, "a", 16, block, 1000 * exp(0.05 * sum), 10);
		}
		assert_int_equal(noise_find(&noise, &document, NOISE_DEALS, 1, &err), 0);
		found[i] = share(&noise, "a", COMPARE_RATE, 16, 16);
		/* 0.05 of each launch, two sides of so many. */
		double wanted = 0.05 * sqrt(4.0 / (double)blocks);
		assert_true(found[i] > wanted / 1.5 && found[i] < wanted * 1.5);
		noise_release(&noise);
		document_release(&document);
	}
	assert_true(found[1] < found[0]);
}

static void test_too_few(void **state)
{
	struct document document = { 0 };
	struct noise noise = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(noise_find(&noise, &document, 10, 1, &err), -1);
	run_add(&document, "a", 3);
	assert_int_equal(noise_find(&noise, &document, 10, 1, &err), -1);
	assert_non_null(strstr(err.text, "too few"));
	document_release(&document);
}

static struct noise_figure figure(const char *server, double rate)
{
	return (struct noise_figure){
		.server = strdup(server),
		.client = strdup("epoll"),
		.mode = strdup("close"),
		.min_level = 1,
		.max_level = 1,
		.share = { rate, NAN, NAN, 0.5, NAN },
	};
}

static void test_merge_and_file(void **state)
{
	char path[] = "/tmp/benchctl-noise-XXXXXX";
	struct noise noise = { .launches = 8 }, more = { .launches = 8 }, read;
	struct err err;

	(void)state;
	noise.figures = calloc(2, sizeof *noise.figures);
	more.figures = calloc(2, sizeof *more.figures);
	noise.figures[noise.count++] = figure("a", 0.1);
	noise.figures[noise.count++] = figure("b", 0.2);
	more.figures[more.count++] = figure("b", 0.3);
	more.figures[more.count++] = figure("c", 0.4);
	assert_int_equal(noise_merge(&noise, &more), 0);
	assert_int_equal(more.count, 0);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	noise.document.host.cores = 4;
	noise.document.benchctl = strdup("1");
	assert_int_equal(result_write_noise(&noise, path, &err), 0);
	assert_int_equal(result_read_noise(&read, path, &err), 0);
	assert_int_equal(read.launches, 8);
	assert_int_equal(read.document.host.cores, 4);
	assert_int_equal(read.count, 3);
	assert_true(share(&read, "a", COMPARE_RATE, 1, 1) == 0.1);
	assert_true(share(&read, "b", COMPARE_RATE, 1, 1) == 0.3);
	assert_true(share(&read, "c", COMPARE_RATE, 1, 1) == 0.4);
	assert_true(share(&read, "c", COMPARE_P99, 1, 1) == 0.5);
	assert_true(isnan(share(&read, "c", COMPARE_CPU, 1, 1)));
	assert_int_equal(noise_fits(&noise, &read.document, &err), 1);
	read.document.host.cores = 2;
	assert_int_equal(noise_fits(&noise, &read.document, &err), 0);
	assert_non_null(strstr(err.text, "cores was 4 and is 2"));
	noise_release(&read);
	noise_release(&more);
	noise_release(&noise);
	unlink(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_four),
		cmocka_unit_test(test_more_launches),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_merge_and_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
