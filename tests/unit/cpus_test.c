/* Which CPUs the client and the servers get, on whatever host this runs. */
#include "tests/unit/unit.h"

#include "harness/host/cpus.h"

static cpu_set_t allowed; /* to this process, when the test began */

static int by_setup(void **state)
{
	(void)state;
	return sched_getaffinity(0, sizeof allowed, &allowed);
}

/* The n-th CPU of a set, from 0. */
static int nth(const cpu_set_t *set, int n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	return -1;
}

static bool overlap(const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t common;

	CPU_AND(&common, a, b);
	return CPU_COUNT(&common) > 0;
}

static void test_show(void **state)
{
	static const struct {
		int cpus[8]; /* ends with -1 */
		const char *text;
	} cases[] = {
		{ { -1 }, "" },
		{ { 0, -1 }, "0" },
		{ { 0, 1, -1 }, "0-1" },
		{ { 0, 1, 3, -1 }, "0-1,3" },
		{ { 1, 3, 5, -1 }, "1,3,5" },
		{ { 0, 2, 3, 4, 1023, -1 }, "0,2-4,1023" },
		{ { 1022, 1023, -1 }, "1022-1023" },
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		cpu_set_t set;
		CPU_ZERO(&set);
		for (const int *cpu = cases[i].cpus; *cpu >= 0; cpu++)
			CPU_SET(*cpu, &set);
		check_text(cases[i].text, cpus_show(&set, out), cases[i].text);
	}
}

/* A set too long for its room is cut, not written beyond. */
static void test_show_is_cut(void **state)
{
	struct {
		char out[128], guard[16];
	} room;
	cpu_set_t set;

	(void)state;
	memset(&room, 'x', sizeof room);
	CPU_ZERO(&set);
	for (int cpu = 512; cpu < CPU_SETSIZE; cpu += 4) {
		CPU_SET(cpu, &set);
		CPU_SET(cpu + 1, &set);
	}
	cpus_show(&set, room.out);
	assert_true(memchr(room.out, 0, sizeof room.out) != NULL);
	assert_int_equal(room.guard[0], 'x');
}

static void test_automatic(void **state)
{
	struct cpus cpus;
	struct err err;

	(void)state;
	assert_int_equal(cpus_divide(&cpus, NULL, NULL, &err), 0);
	assert_int_equal(CPU_COUNT(&cpus.server), 1);
	assert_true(CPU_COUNT(&cpus.client) >= 1);
	assert_int_equal(overlap(&cpus.client, &cpus.server), CPU_COUNT(&allowed) == 1);
	cpu_set_t all;
	CPU_OR(&all, &cpus.client, &cpus.server);
	CPU_OR(&all, &all, &allowed);
	assert_true(CPU_EQUAL(&all, &allowed));
}

static void test_given(void **state)
{
	struct cpus cpus;
	struct err err;
	char first[16], last[16], all[128], out[128];

	(void)state;
	snprintf(first, sizeof first, "%d", nth(&allowed, 0));
	snprintf(last, sizeof last, "%d", nth(&allowed, CPU_COUNT(&allowed) - 1));
	cpus_show(&allowed, all);
	assert_int_equal(cpus_divide(&cpus, first, last, &err), 0);
	check_text("client", cpus_show(&cpus.client, out), first);
	check_text("server", cpus_show(&cpus.server, out), last);
	assert_int_equal(cpus_divide(&cpus, all, all, &err), 0);
	assert_true(CPU_EQUAL(&cpus.client, &allowed) && CPU_EQUAL(&cpus.server, &allowed));
	/* One side given: the other keeps off it, where there is room. */
	assert_int_equal(cpus_divide(&cpus, first, NULL, &err), 0);
	check_text("client", cpus_show(&cpus.client, out), first);
	assert_int_equal(CPU_COUNT(&cpus.server), 1);
	assert_int_equal(overlap(&cpus.client, &cpus.server), CPU_COUNT(&allowed) == 1);
	assert_int_equal(cpus_divide(&cpus, NULL, last, &err), 0);
	check_text("server", cpus_show(&cpus.server, out), last);
	assert_int_equal(overlap(&cpus.client, &cpus.server), CPU_COUNT(&allowed) == 1);
	assert_int_equal(cpus_divide(&cpus, NULL, all, &err), 0);
	assert_true(CPU_COUNT(&cpus.client) >= 1);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"x",
		"-1",
		"+0",
		" 0",
		"0 ",
		"0,",
		",0",
		"0,,0",
		"0-",
		"-",
		"0--0",
		"1-0",
		"0-x",
		"0.5",
		"0;0",
		"0-0-0",
		"0x0",
		"1024",
		"0-1024",
		"99999999999999999999",
		"0-99999999999999999999",
		"0\n",
	};
	struct cpus cpus;
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char words[128];
		check_case(bad[i], cpus_divide(&cpus, bad[i], NULL, &err) == -1);
		snprintf(words, sizeof words, "client-cpus: '%s' is no list of CPUs: write it as 0-1,3", bad[i]);
		check_text(bad[i], err.text, words);
		check_case(bad[i], cpus_divide(&cpus, NULL, bad[i], &err) == -1);
		snprintf(words, sizeof words, "server-cpus: '%s' is no list of CPUs: write it as 0-1,3", bad[i]);
		check_text(bad[i], err.text, words);
	}
}

static void test_not_allowed(void **state)
{
	struct cpus cpus;
	struct err err;
	char list[16], words[256], here[128];
	int absent = 0;

	(void)state;
	while (absent < CPU_SETSIZE && CPU_ISSET(absent, &allowed))
		absent++;
	if (absent == CPU_SETSIZE)
		return;
	snprintf(list, sizeof list, "%d", absent);
	assert_int_equal(cpus_divide(&cpus, list, NULL, &err), -1);
	snprintf(words, sizeof words, "client-cpus: '%s': this process may use the CPUs %s only", list,
		 cpus_show(&allowed, here));
	check_text("client", err.text, words);
	assert_int_equal(cpus_divide(&cpus, NULL, list, &err), -1);
	check_words(err.text, "server-cpus: ");
}

/* On one CPU both sides have it. */
static void test_one_cpu(void **state)
{
	struct cpus cpus;
	struct err err;
	cpu_set_t one;

	(void)state;
	CPU_ZERO(&one);
	CPU_SET(nth(&allowed, CPU_COUNT(&allowed) - 1), &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	int bad = cpus_divide(&cpus, NULL, NULL, &err);
	assert_int_equal(sched_setaffinity(0, sizeof allowed, &allowed), 0);
	assert_int_equal(bad, 0);
	assert_true(CPU_EQUAL(&cpus.client, &one) && CPU_EQUAL(&cpus.server, &one));
}

/* Writes the hardware threads of each CPU's core below root; a core is a list, "" one that /sys says nothing of. */
static void tree_make(const char *root, const char *const *cores)
{
	char path[256];

	for (int cpu = 0; cores[cpu]; cpu++) {
		snprintf(path, sizeof path, "mkdir -p %s/sys/devices/system/cpu/cpu%d/topology", root, cpu);
		assert_int_equal(system(path), 0);
		snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", root, cpu);
		FILE *file = *cores[cpu] ? fopen(path, "we") : NULL;
		if (!file)
			continue;
		fprintf(file, "%s\n", cores[cpu]);
		fclose(file);
	}
}

/* Hosts of other shapes, as /sys shows them. */
static void test_topology(void **state)
{
	static const struct {
		const char *name, *cores[17], *client, *server; /* client, server: what comes of it */
		const char *server_cpus;                        /* asked for; NULL: automatic */
	} cases[] = {
		{ "four cores", { "0", "1", "2", "3" }, "1-3", "0", NULL },
		{ "two cores of two threads, side by side", { "0-1", "0-1", "2-3", "2-3" }, "2", "0", NULL },
		{ "four cores of two threads, far apart",
		  { "0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7" },
		  "1-3",
		  "0",
		  NULL },
		{ "a server in the middle",
		  { "0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7" },
		  "0-1,3",
		  "6",
		  "6" },
		{ "servers on two cores",
		  { "0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7" },
		  "2-3",
		  "0-1",
		  "0-1" },
		{ "threads on some cores only", { "0-1", "0-1", "2-3", "2-3", "4", "5" }, "2,4-5", "0", NULL },
		{ "one core of two threads", { "0-1", "0-1" }, "1", "0", NULL },
		{ "no /sys", { "", "", "", "" }, "1-3", "0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char root[] = "/tmp/benchctl-cpus-XXXXXX", client[128], server[128], command[64];
		struct cpus cpus;
		struct err err;
		cpu_set_t all;
		assert_non_null(mkdtemp(root));
		tree_make(root, cases[i].cores);
		CPU_ZERO(&all);
		for (int cpu = 0; cases[i].cores[cpu]; cpu++)
			CPU_SET(cpu, &all);
		int bad = cpus_divide_all(&cpus, root, &all, NULL, cases[i].server_cpus, &err);
		snprintf(command, sizeof command, "rm -r %s", root);
		assert_int_equal(system(command), 0);
		check_case(cases[i].name, !bad);
		check_text(cases[i].name, cpus_show(&cpus.client, client), cases[i].client);
		check_text(cases[i].name, cpus_show(&cpus.server, server), cases[i].server);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show),    cmocka_unit_test(test_show_is_cut), cmocka_unit_test(test_automatic),
		cmocka_unit_test(test_given),   cmocka_unit_test(test_bad),         cmocka_unit_test(test_not_allowed),
		cmocka_unit_test(test_one_cpu), cmocka_unit_test(test_topology),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cpus", tests, by_setup, NULL);
}
