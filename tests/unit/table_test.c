/* The table of 2010, in its three formats. */
#include "tests/unit/unit.h"

#include "harness/analysis/summary.h"
#include "harness/lib/text.h"
#include "harness/report/table.h"
#include "harness/text/text_table.h"

static void option_add(struct document *doc, const char *name, const char *value)
{
	doc->options = realloc(doc->options, (doc->options_count + 1) * sizeof *doc->options);
	doc->options[doc->options_count++] = (struct document_option){ strdup(name), strdup(value) };
}

static void server_add(struct document *doc, const char *name, const char *version)
{
	doc->servers = realloc(doc->servers, (doc->servers_count + 1) * sizeof *doc->servers);
	doc->servers[doc->servers_count++] = (struct document_server){ .name = strdup(name),
								       .version = version ? strdup(version) : NULL };
}

/* A valid cell; its address holds until the next one is added. */
static struct cell *cell_add(struct document *doc, const char *server, const char *client, const char *mode,
			     uint64_t level, uint64_t block, double rate_rps)
{
	struct cell cell;

	cell_init(&cell, server, client, mode, level, block);
	cell.rate_rps = rate_rps;
	cell.ok = (uint64_t)rate_rps;
	cell.valid = true;
	assert_int_equal(document_add_cell(doc, &cell), 0);
	return &doc->cells[doc->cells_count - 1];
}

static void cell_fail(struct cell *cell, const char *error)
{
	cell_set_text(&cell->error, error);
	cell->rate_rps = NAN;
	cell->valid = false;
	cell->invalid = 1u << INVALID_FAILED;
}

static void cell_invalidate(struct cell *cell, enum invalid reason)
{
	cell->valid = false;
	cell->invalid = 1u << reason;
}

static char *print(const struct document *doc, uint64_t level, enum table_format format)
{
	char *text = NULL;
	size_t bytes;
	struct err err = { "" };
	FILE *out = open_memstream(&text, &bytes);

	if (table_print(doc, level, format, out, &err))
		fail_msg("%s", err.text);
	fclose(out);
	return text;
}

static void assert_has_not(const char *text, const char *part)
{
	if (!text || strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text ? text : "(null)");
}

static void two_servers(struct document *doc)
{
	server_add(doc, "tornado", "6.2.0");
	server_add(doc, "control", NULL);
	for (uint64_t block = 0; block < 3; block++) {
		for (uint64_t level = 1; level <= 256; level *= 2) {
			cell_add(doc, "tornado", "epoll", "close", level, block, 1000 + (double)(10 * level + block));
			cell_add(doc, "control", "epoll", "close", level, block, 50000)->server_cpu_us_per_request =
				17.25;
		}
		cell_add(doc, "tornado", "seq", "close", 1, block, 900 + (double)block);
	}
}

static void text_is_the_table_of_2010(void **state)
{
	struct document doc = { 0 };

	(void)state;
	two_servers(&doc);
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "Implementation     Version  Parallel (128)  Sequential  CPU µs/request\n"
			  "----------------------------------------------------------------------\n"
			  "control (ceiling)  -              50000.00           -            17.2\n"
			  "tornado            6.2.0           2281.00      901.00               -\n");
	free(text);
	document_release(&doc);
}

static void less_than_a_round_is_marked(void **state)
{
	struct document doc = { 0 };

	(void)state;
	server_add(&doc, "tornado", NULL);
	cell_add(&doc, "tornado", "epoll", "close", 100, 1, 1000)->rounds = 1;
	char *text = print(&doc, 0, TABLE_TEXT);
	assert_has_not(text, "~");
	free(text);
	doc.cells[0].rounds = 0.99;
	text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "1000.00~");
	check_words(text, "~ less than one round of all connections in the window: the rate is of a part of them");
	free(text);
	document_release(&doc);
}

static void level_is_the_nearest_or_the_one_asked_for(void **state)
{
	struct document doc = { 0 };
	struct err err;

	(void)state;
	two_servers(&doc);
	char *text = print(&doc, 256, TABLE_TEXT);
	check_words(text, "Parallel (256)");
	check_words(text, "3561.00");
	assert_int_equal(table_print(&doc, 200, TABLE_TEXT, stdout, &err), -1);
	assert_string_equal(err.text, "level 200 was not measured: the nearest is 256");
	free(text);
	document_release(&doc);

	uint64_t levels[] = { 1, 64, 136, 1000 };
	assert_int_equal(summary_nearest(levels, 4, 100), 64);
	assert_int_equal(summary_nearest(levels, 0, 100), 0);
}

static void rows_are_sorted_behind_the_ceiling(void **state)
{
	static const char *const names[] = { "zebra", "eventlet_wsgi", "control", "eventlet", "alpha" };
	static const char *const wanted[] = { "control", "alpha", "eventlet", "eventlet_wsgi", "zebra", NULL };
	struct document doc = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		cell_add(&doc, names[i], "epoll", "close", 100, 0, 1);
	const char **servers = summary_servers(&doc, &err);
	for (size_t i = 0; wanted[i]; i++)
		assert_string_equal(servers[i], wanted[i]);
	assert_null(servers[5]);
	free(servers);
	document_release(&doc);
}

/* Until the verdicts are known, servers differ in their launches: the head says the most. */
static void launches_are_those_that_were(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_add(&doc, "often", "epoll", "close", 100, 1, 4000);
	cell_add(&doc, "often", "epoll", "close", 100, 5, 4000);
	cell_add(&doc, "once", "epoll", "close", 100, 1, 5000);
	option_add(&doc, "repeat", "2");
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "launches: 2, mode close\n");
	free(text);
	option_add(&doc, "until-known", "yes");
	text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "launches: up to 5, mode close\n");
	free(text);
	document_release(&doc);
}

static void what_is_not_valid_is_marked_and_said(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_invalidate(cell_add(&doc, "bound", "epoll", "close", 100, 0, 4000), INVALID_CLIENT_BOUND);
	cell_invalidate(cell_add(&doc, "bound", "epoll", "close", 100, 1, 5000), INVALID_CLIENT_BOUND);
	/* One valid block is enough, and the other ones do not count. */
	cell_invalidate(cell_add(&doc, "mixed", "epoll", "close", 100, 0, 9999), INVALID_LITTLE);
	cell_add(&doc, "mixed", "epoll", "close", 100, 1, 3000);
	cell_fail(cell_add(&doc, "dead", "epoll", "close", 100, 0, 0), "server exited\nwith status 1");
	cell_fail(cell_add(&doc, "half", "epoll", "close", 100, 0, 0), "no answer");
	cell_add(&doc, "half", "epoll", "close", 100, 1, 2000);
	cell_add(&doc, "errors", "epoll", "close", 100, 0, 1000)->failed[LOAD_RESET] = 3;

	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "4500.00* ");
	check_words(text, "3000.00  ");
	check_words(text, "2000.00! ");
	check_words(text, "1000.00! ");
	check_words(text, " failed  ");
	check_words(text, "\n* not to be relied on, the client's CPU was the limit, not the server: bound\n");
	assert_has_not(text, "Little");
	check_words(text, "\ndead failed: server exited with status 1\n");
	check_words(text, "\nhalf failed in 1 of 2 launches: no answer\n");
	check_words(text, "\n! requests or launches failed");
	free(text);

	text = print(&doc, 0, TABLE_CSV);
	check_words(text, "bound,original,,100,4500,invalid,4000,5000,2,");
	check_words(text, "mixed,original,,100,3000,valid,3000,3000,1,");
	check_words(text, "dead,original,,100,,failed,,,0,");
	free(text);
	document_release(&doc);
}

static void each_mode_has_its_columns(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_add(&doc, "eventlet", "epoll", "keepalive", 100, 0, 2000)->server_cpu_us_per_request = 20;
	cell_add(&doc, "eventlet", "epoll", "close", 100, 0, 1000)->server_cpu_us_per_request = 30;
	cell_invalidate(cell_add(&doc, "eventlet", "seq", "close", 1, 0, 500), INVALID_CONSERVATION);
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "Implementation  Parallel close (100)  Parallel keepalive (100)  Sequential  "
			  "CPU µs/request close  CPU µs/request keepalive\n");
	check_words(text, "modes close and keepalive");
	check_words(text, "the counts of requests do not add up: eventlet (sequential)\n");
	free(text);
	document_release(&doc);
}

static void open_in_server_stands_where_it_differs(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_add(&doc, "eventlet", "epoll", "close", 1024, 0, 1000)->open_mean = 940;
	char *text = print(&doc, 0, TABLE_TEXT);
	assert_has_not(text, "Open");
	free(text);
	cell_add(&doc, "tornado", "epoll", "close", 1024, 0, 1000)->open_mean = 131;
	text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "CPU µs/request  Open in server\n");
	check_words(text, " 131\n");
	check_words(text, "\nOpen in server: ");
	free(text);
	document_release(&doc);
}

/* A cell that shows the memory of connections. */
struct memory_level {
	double level, rss;
	unsigned invalid;
	double silent; /* 0: all that the level has */
};

#define AT(connections, bytes, ...)                               \
	{                                                         \
		.level = connections, .rss = bytes, ##__VA_ARGS__ \
	}

static const struct {
	const char *name;
	struct memory_level levels[12]; /* ends with a level of 0 */
	double bytes;                   /* NAN: unknown */
} memory_cases[] = {
	{ "a line", { AT(10, 11000), AT(256, 257000), AT(512, 513000) }, 1000 },
	{ "nothing measured", { AT(0, 0) }, NAN },
	{ "two levels", { AT(10, 11000), AT(512, 513000) }, NAN },
	{ "255 apart", { AT(1, 1000), AT(64, 64000), AT(256, 256000) }, NAN },
	{ "256 apart", { AT(1, 1000), AT(64, 64000), AT(257, 257000) }, 1000 },
	{ "constant", { AT(1, 5000), AT(64, 5000), AT(4096, 5000) }, 0 },
	{ "shrinking", { AT(1, 9000), AT(401, 8600), AT(801, 8200) }, -1 },
	/* By hand, in units of 512: about means of 2 and 3, squares add up to 2 and products to 3. */
	{ "no line", { AT(512, 512), AT(1024, 4 * 512), AT(1536, 4 * 512) }, 1.5 },
	{ "medians of blocks",
	  { AT(10, 11000), AT(10, 11000), AT(10, 999999), AT(256, 257000), AT(256, 0), AT(256, 257000), AT(512, 513000),
	    AT(512, 513000), AT(512, 1e9) },
	  1000 },
	{ "a level unknown", { AT(10, 11000), AT(100, NAN), AT(256, 257000), AT(512, 513000) }, 1000 },
	{ "too many unknown", { AT(10, 11000), AT(100, NAN), AT(512, 513000) }, NAN },
	{ "a level not valid",
	  { AT(10, 11000), AT(256, 257000), AT(512, 513000),
	    AT(1024, 9e9, .invalid = 1u << INVALID_SHORT_CONCURRENCY) },
	  1000 },
	{ "a level failed",
	  { AT(10, 11000), AT(256, 257000), AT(512, 513000), AT(1024, 9e9, .invalid = 1u << INVALID_FAILED) },
	  1000 },
	{ "too few valid", { AT(10, 11000), AT(256, 257000, .invalid = 1u << INVALID_LITTLE), AT(512, 513000) }, NAN },
	{ "the client's limit is none of memory",
	  { AT(10, 11000, .invalid = 1u << INVALID_CLIENT_BOUND),
	    AT(256, 257000, .invalid = 1u << INVALID_CLIENT_BOUND),
	    AT(512, 513000, .invalid = 1u << INVALID_CLIENT_BOUND) },
	  1000 },
	{ "those really open",
	  { AT(10, 11000), AT(256, 247000, .silent = 236), AT(512, 493000, .silent = 482) },
	  1000 },
};

static void memory_is_the_slope_over_connections(void **state)
{
	const double active = 10;

	(void)state;
	for (size_t i = 0; i < LENGTH(memory_cases); i++) {
		struct document doc = { 0 };
		struct err err;
		double bytes;
		for (const struct memory_level *level = memory_cases[i].levels; level->level; level++) {
			struct cell *cell = cell_add(&doc, "a", "epoll", "crowd", (uint64_t)level->level, 0, 1000);
			cell->server_rss_bytes = level->rss;
			cell->crowd.active = level->level < active ? level->level : active;
			cell->crowd.silent = level->silent ? level->silent : level->level - cell->crowd.active;
			cell->invalid = level->invalid;
			/* Neither another mode's nor another server's. */
			cell_add(&doc, "a", "epoll", "keepalive", (uint64_t)level->level, 0, 1)->server_rss_bytes = 7e9;
			cell_add(&doc, "b", "epoll", "crowd", (uint64_t)level->level, 0, 1)->server_rss_bytes = 7e9;
		}
		assert_int_equal(summary_memory(&bytes, &doc, "a", &err), 0);
		bool good = isnan(memory_cases[i].bytes) ? isnan(bytes) : fabs(bytes - memory_cases[i].bytes) < 1e-6;
		if (!good)
			print_error("%g bytes\n", bytes);
		check_case(memory_cases[i].name, good);
		document_release(&doc);
	}
}

/* At its start a server has memory for some connections: the slope is that of the highest levels, nearly. */
static void memory_is_robust_to_a_constant_start(void **state)
{
	struct document doc = { 0 };
	struct err err;
	double bytes;

	(void)state;
	for (uint64_t level = 1; level <= 16384; level *= 2) {
		struct cell *cell = cell_add(&doc, "a", "epoll", "crowd", level, 1, 1000);
		cell->crowd.active = 1;
		cell->crowd.silent = (double)level - 1;
		cell->server_rss_bytes = level < 512 ? 5e6 : 5e6 + 8192 * (double)(level - 512);
	}
	assert_int_equal(summary_memory(&bytes, &doc, "a", &err), 0);
	assert_true(bytes > 0.95 * 8192 && bytes <= 8192);
	document_release(&doc);
}

static void memory_stands_where_it_is_known(void **state)
{
	struct document doc = { 0 };

	(void)state;
	option_add(&doc, "active", "10");
	cell_add(&doc, "b", "epoll", "crowd", 100, 1, 1000);
	char *text = print(&doc, 0, TABLE_TEXT);
	assert_has_not(text, "Memory");
	check_words(text, "mode crowd (10 active)\n");
	free(text);
	for (uint64_t level = 100; level <= 400; level += 100) {
		struct cell *cell = cell_add(&doc, "a", "epoll", "crowd", level, 1, 1000);
		cell->crowd.active = 10;
		cell->crowd.silent = (double)level - 10;
		cell->server_rss_bytes = 1536 * (double)level;
	}
	text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "CPU µs/request  Memory/connection\n");
	check_words(text, "  1.5 KiB\n");
	check_words(text, "  -\n");
	check_words(text, "\nMemory/connection: ");
	free(text);
	text = print(&doc, 0, TABLE_CSV);
	check_words(text, ",open_in_server_crowd,memory_per_connection_bytes,sequential_rps,");
	check_words(text, ",1536,,");
	free(text);
	document_release(&doc);
}

static void figures_of_2010_stand_beside(void **state)
{
	struct document doc = { 0 };

	(void)state;
	option_add(&doc, "preset", "2010");
	option_add(&doc, "requests", "100000");
	cell_add(&doc, "syncless", "epoll", "close", 100, 0, 8000);
	cell_add(&doc, "control", "epoll", "close", 100, 0, 50000);
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "preset 2010, 100000 requests a cell");
	check_words(text, "2010 parallel  2010 sequential");
	check_words(text, "8313.59          4249.89");
	free(text);
	text = print(&doc, 0, TABLE_CSV);
	check_words(text, ",parallel_2010_rps,sequential_2010_rps\r\n");
	check_words(text, ",8313.59,4249.89\r\n");
	free(text);
	document_release(&doc);
}

#define EVIL "a|b `c` <d> \"e\", \033[31m\nf"

static void markdown_is_escaped(void **state)
{
	struct document doc = { 0 };

	(void)state;
	cell_add(&doc, EVIL, "epoll", "close", 100, 0, 1000);
	cell_add(&doc, "eventlet_wsgi", "epoll", "close", 100, 0, 1000);
	snprintf(doc.host.cpu_model, sizeof doc.host.cpu_model, "CPU <&>");
	char *text = print(&doc, 0, TABLE_MARKDOWN);
	check_words(text, "| a\\|b \\`c\\` &lt;d> \"e\", \\[31m f | 1000.00 |");
	check_words(text, "| eventlet\\_wsgi | 1000.00 |");
	check_words(text, "| :--- | ---: | ---: | ---: |\n");
	check_words(text, "CPU &lt;&amp;>");
	assert_has_not(text, "\033");
	free(text);
	document_release(&doc);
}

/* The fields of a record of RFC 4180, which begins at *at. */
static size_t fields(const char **at)
{
	size_t count = 1;
	bool quoted = false;

	for (; quoted || strncmp(*at, "\r\n", 2) != 0; (*at)++) {
		assert_true(**at);
		if (**at == '"')
			quoted = !quoted;
		count += **at == ',' && !quoted;
	}
	*at += 2;
	return count;
}

static void csv_is_rfc_4180(void **state)
{
	struct document doc = { 0 };

	(void)state;
	server_add(&doc, EVIL, "1,2");
	cell_add(&doc, EVIL, "epoll", "close", 100, 0, 1000.125);
	cell_add(&doc, "x", "epoll", "keepalive", 100, 0, 1.0 / 3);
	char *text = print(&doc, 0, TABLE_CSV);
	check_words(text, "\r\n\"a|b `c` <d> \"\"e\"\", [31m f\",original,\"1,2\",100,1000.125,valid,");
	check_words(text, ",0.333333333333333,");
	const char *at = text;
	size_t wanted = fields(&at), records = 1;
	for (; *at; records++)
		assert_int_equal(fields(&at), wanted);
	assert_int_equal(records, 3);
	free(text);
	document_release(&doc);
}

/* What a spreadsheet would compute is a text; a number stays a number. */
static void csv_has_no_formulas(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0" },
		{ "@SUM(1)", "'@SUM(1)" },
		{ "+1+cmd", "'+1+cmd" },
		{ "-text", "'-text" },
		{ "-1-2", "'-1-2" },
		{ "-inf", "'-inf" },
		{ "=1", "'=1" },
		{ "-0.5", "-0.5" },
		{ "+1e3", "+1e3" },
		{ "-", "-" },
		{ "a=1", "a=1" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text;
		size_t bytes;
		FILE *out = open_memstream(&text, &bytes);
		assert_non_null(out);
		text_table_csv_text(cases[i].text, out);
		fclose(out);
		assert_string_equal(text, cases[i].wanted);
		free(text);
	}
}

/* A server's own limit, and evidence that is missing, stand under the table. */
static void what_was_not_seen_is_told(void **state)
{
	struct document doc = { 0 };

	(void)state;
	struct cell *cell = cell_add(&doc, "a", "epoll", "close", 100, 0, 1000);
	cell->unseen = 1u << UNSEEN_MEMORY | 1u << UNSEEN_QUEUE;
	cell->server_use.files_given = 20000;
	cell->server_use.files_limit = 0;
	cell_add(&doc, "b", "epoll", "close", 100, 0, 1000);
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "benchctl could not see its memory: a\n");
	check_words(text, "benchctl could not see its accept queue: a\n");
	check_words(text, "a: the server has lowered its limit of open files, from 20000 to 0");
	assert_null(strstr(text, "b: the server"));
	free(text);
	document_release(&doc);
}

static void text_is_aligned_whatever_the_names(void **state)
{
	static const char *const names[] = {
		EVIL, "ünïcödé", "\xff\xfe",
		"",   "control", "a_name_of_sixty_characters_which_is_the_most_bench_conf_takes"
	};
	struct document doc = { 0 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct cell *cell = cell_add(&doc, names[i], "epoll", "close", 100, 0, 10 * (double)i + 0.5);
		if (i == 2)
			cell_invalidate(cell, INVALID_LITTLE);
		cell->server_cpu_us_per_request = (double)i;
	}
	/* An empty name is NULL in a cell: such a document does not come from a file that was read, but must not crash us. */
	cell_set_text(&doc.cells[3].server, "x");
	char *text = print(&doc, 0, TABLE_TEXT);
	char *line = strstr(text, "Implementation");
	assert_non_null(line);
	size_t width = 0;
	line = strtok(line, "\n");
	for (size_t i = 0; i < 8; i++, line = strtok(NULL, "\n")) {
		assert_non_null(line);
		if (i)
			assert_int_equal(text_width(line), width);
		width = text_width(line);
	}
	free(text);
	document_release(&doc);
}

static void nothing_measured_is_a_table_too(void **state)
{
	struct document doc = { 0 };

	(void)state;
	server_add(&doc, "tornado", NULL);
	doc.interrupted = true;
	char *text = print(&doc, 0, TABLE_TEXT);
	check_words(text, "Implementation  Sequential\n");
	check_words(text, "tornado                  -\n");
	check_words(text, "interrupted");
	free(text);
	text = print(&doc, 0, TABLE_CSV);
	check_words(text, "tornado,original,,,");
	free(text);
	document_release(&doc);
}

static void unwritable_is_an_error(void **state)
{
	struct document doc = { 0 };
	struct err err;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	two_servers(&doc);
	if (!full) {
		document_release(&doc);
		skip();
	}
	assert_int_equal(table_print(&doc, 0, TABLE_TEXT, full, &err), -1);
	check_words(err.text, "the table cannot be written: No space left");
	fclose(full);
	document_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_the_table_of_2010),
		cmocka_unit_test(less_than_a_round_is_marked),
		cmocka_unit_test(level_is_the_nearest_or_the_one_asked_for),
		cmocka_unit_test(rows_are_sorted_behind_the_ceiling),
		cmocka_unit_test(launches_are_those_that_were),
		cmocka_unit_test(what_is_not_valid_is_marked_and_said),
		cmocka_unit_test(each_mode_has_its_columns),
		cmocka_unit_test(open_in_server_stands_where_it_differs),
		cmocka_unit_test(memory_is_the_slope_over_connections),
		cmocka_unit_test(memory_is_robust_to_a_constant_start),
		cmocka_unit_test(memory_stands_where_it_is_known),
		cmocka_unit_test(figures_of_2010_stand_beside),
		cmocka_unit_test(markdown_is_escaped),
		cmocka_unit_test(csv_is_rfc_4180),
		cmocka_unit_test(csv_has_no_formulas),
		cmocka_unit_test(what_was_not_seen_is_told),
		cmocka_unit_test(text_is_aligned_whatever_the_names),
		cmocka_unit_test(nothing_measured_is_a_table_too),
		cmocka_unit_test(unwritable_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
