/* Which suspects the evidence makes plausible, on cells made up for it. */
#include "tests/unit/unit.h"

#include <math.h>

#include "harness/why/suspect.h"

/* A server that serves 20,000 requests/s at any level, with nothing to see. */
static struct cell healthy(enum load_mode mode, uint64_t level)
{
	struct cell cell;

	assert_int_equal(cell_init(&cell, "server", "epoll", load_mode_names[mode], level, 1), 0);
	cell.rate_rps = 20000;
	cell.window_s = 0.3;
	cell.ok = 6000;
	cell.connects = 6000;
	cell.ramp_reached = level;
	cell.server_cpu_us_per_request = 48;
	cell.client_cpu_busiest = 0.4;
	cell.latency_ns.p50 = (double)level / 20000 * 1e9;
	cell.open_mean = cell.open_max = (double)level;
	cell.server_use.files_max = (double)level + 6;
	cell.server_use.files_limit = 20000;
	cell.server_rss_bytes = 1e6 + 1000 * (double)level;
	cell.kernel.counters[KERNEL_LISTEN_OVERFLOWS] = 0;
	cell.kernel.counters[KERNEL_TIME_WAIT_OVERFLOW] = 0;
	if (mode == LOAD_CROWD) {
		cell.crowd.active = 1;
		cell.crowd.dropped = 0;
	}
	return cell;
}

/* The evidence of that server. */
struct scene {
	struct document look, control;
	struct evidence evidence;
};

static void scene_make(struct scene *scene)
{
	static const uint64_t levels[] = { 1, 16, 256, 2048 };

	*scene = (struct scene){ 0 };
	for (int mode = LOAD_CLOSE; mode <= LOAD_KEEPALIVE; mode++)
		for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
			struct cell cell = healthy((enum load_mode)mode, levels[i]);
			assert_int_equal(document_add_cell(&scene->look, &cell), 0);
		}
	struct cell crowd = healthy(LOAD_CROWD, 64);
	assert_int_equal(document_add_cell(&scene->look, &crowd), 0);
	scene->evidence = (struct evidence){
		.document = &scene->look,
		.control = &scene->control,
		.keepalive = true,
		.memory_bytes = 16e9,
		.cpus = 1,
		.threads_one = NAN,
		.threads_four = NAN,
	};
}

static struct cell *cell_of(struct scene *scene, enum load_mode mode, uint64_t level)
{
	return (struct cell *)evidence_cell(&scene->evidence, mode, level);
}

static void scene_end(struct scene *scene)
{
	document_release(&scene->look);
	document_release(&scene->control);
}

/* The names of all that are plausible, each followed by a blank. */
static const char *plausible(const struct scene *scene, char out[400])
{
	out[0] = 0;
	for (const struct suspect *suspect = suspects; suspect->name; suspect++) {
		struct experiment experiment = { .suspect = suspect };
		if (!suspect->plan(&experiment, &scene->evidence))
			continue;
		assert_true(experiment.tests_count > 0 && experiment.tests_count <= SUSPECT_TESTS);
		assert_true(experiment.changed[0]);
		for (size_t i = 0; i < experiment.tests_count; i++)
			assert_true(experiment.tests[i].size > 0 && experiment.tests[i].of);
		assert_memory_not_equal(&experiment.arms[0], &experiment.arms[1], sizeof experiment.arms[0]);
		strcat(strcat(out, suspect->name), " ");
	}
	return out;
}

static void drops(struct scene *scene)
{
	cell_of(scene, LOAD_CLOSE, 256)->kernel.counters[KERNEL_LISTEN_OVERFLOWS] = 100;
}

static void silence_ended(struct scene *scene)
{
	struct cell *cell = cell_of(scene, LOAD_CROWD, 64);

	cell->crowd.dropped = 63;
	cell->crowd.dropped_after_s = 1.02;
}

static void waits(struct scene *scene)
{
	struct cell *cell = cell_of(scene, LOAD_KEEPALIVE, 1);

	cell->latency_ns.p50 = 44e6;
	cell->ok = 7;
	cell->rate_rps = 22;
}

static void in_turn(struct scene *scene)
{
	struct cell *few = cell_of(scene, LOAD_KEEPALIVE, 16), *many = cell_of(scene, LOAD_KEEPALIVE, 256);

	few->rate_rps = many->rate_rps = 3500;
	few->ok = many->ok = 1050;
	scene->evidence.threads_one = 1;
	scene->evidence.threads_four = 4;
}

static void in_turn_of_one(struct scene *scene)
{
	in_turn(scene);
	scene->evidence.threads_four = 1;
}

static void leaks(struct scene *scene)
{
	struct cell *cell = cell_of(scene, LOAD_KEEPALIVE, 16);

	cell->open_max += 200;
	cell->server_use.files_max += 200;
}

static void few_served(struct scene *scene)
{
	cell_of(scene, LOAD_KEEPALIVE, 2048)->ramp_reached = 500;
}

static void much_memory(struct scene *scene)
{
	cell_of(scene, LOAD_KEEPALIVE, 2048)->server_rss_bytes += 2048.0 * (1 << 20);
}

static void dearer(struct scene *scene)
{
	struct cell *cell = cell_of(scene, LOAD_KEEPALIVE, 2048);

	cell->rate_rps = 5000;
	cell->ok = 1500;
	cell->server_cpu_us_per_request = 190;
}

static void client_full(struct scene *scene)
{
	dearer(scene);
	cell_of(scene, LOAD_KEEPALIVE, 2048)->client_cpu_busiest = 0.99;
}

/* Silent connections are tried on every server: they are what is in question. */
static const struct {
	const char *name;
	void (*change)(struct scene *scene);
	const char *plausible;
} cases[] = {
	{ "nothing to see", NULL, "per_connection " },
	{ "connections are dropped", drops, "accept_queue per_connection " },
	{ "silent connections are ended", silence_ended, "idle_timeout per_connection " },
	{ "one connection waits", waits, "delayed_ack timer_tick per_connection " },
	{ "requests in turn, with four workers", in_turn, "lock per_connection " },
	{ "requests in turn, of one worker", in_turn_of_one, "per_connection " },
	{ "descriptors leak", leaks, "server_files per_connection " },
	{ "few are served at once", few_served, "fixed_number per_connection " },
	{ "much memory", much_memory, "memory per_connection " },
	{ "dearer with many", dearer, "per_connection library " },
};

static void the_evidence_makes_plausible(void **state)
{
	char names[400];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene scene;
		scene_make(&scene);
		if (cases[i].change)
			cases[i].change(&scene);
		if (strcmp(plausible(&scene, names), cases[i].plausible))
			fail_msg("%s: %s", cases[i].name, names);
		scene_end(&scene);
	}
}

/* What the host does to all servers is not the server's: a control server that waits as long clears the suspect. */
static void a_busy_host_is_no_wait(void **state)
{
	struct scene scene;
	char names[400];

	(void)state;
	scene_make(&scene);
	waits(&scene);
	struct cell control = healthy(LOAD_KEEPALIVE, 1);
	control.latency_ns.p50 = 20e6;
	assert_int_equal(document_add_cell(&scene.control, &control), 0);
	assert_string_equal(plausible(&scene, names), "per_connection ");
	scene_end(&scene);
}

/* A server without keep-alive is looked at in close mode alone. */
static void without_keepalive(void **state)
{
	struct scene scene;
	struct experiment experiment = { 0 };

	(void)state;
	scene_make(&scene);
	scene.evidence.keepalive = false;
	for (const struct suspect *suspect = suspects; suspect->name; suspect++)
		if (strcmp(suspect->name, "per_connection") == 0)
			assert_true(suspect->plan(&experiment, &scene.evidence));
	assert_int_equal(experiment.tests_count, 2);
	for (size_t i = 0; i < experiment.tests_count; i++)
		assert_int_equal(experiment.tests[i].mode, LOAD_CLOSE);
	scene_end(&scene);
}

static void a_full_client_is_suspected(void **state)
{
	struct scene scene;
	struct experiment experiment = { 0 };
	static const struct client other = { .name = "other" };

	(void)state;
	scene_make(&scene);
	client_full(&scene);
	scene.evidence.other = &other;
	for (const struct suspect *suspect = suspects; suspect->name; suspect++)
		if (strcmp(suspect->name, "client") == 0)
			assert_true(suspect->plan(&experiment, &scene.evidence));
	assert_ptr_equal(experiment.arms[1].client, &other);
	assert_null(experiment.arms[0].client);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_evidence_makes_plausible),
		cmocka_unit_test(a_busy_host_is_no_wait),
		cmocka_unit_test(without_keepalive),
		cmocka_unit_test(a_full_client_is_suspected),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("suspect", tests, NULL, NULL);
}
