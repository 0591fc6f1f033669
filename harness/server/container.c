#include "harness/server/container.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/host/cpus.h"
#include "harness/host/procfile.h"
#include "harness/lib/argv.h"
#include "harness/lib/clock.h"
#include "harness/lib/sha256.h"
#include "harness/lib/text.h"
#include "harness/server/proctree.h"
#include "harness/server/program.h"

/* For a build, or for an image to be fetched. */
#define PREPARE_NS (3600 * CLOCK_S)
#define ASK_NS     (30 * CLOCK_S)
/* How often a removal is tried: podman refuses the first one of a container that was killed with its engine. */
#define REMOVALS 3

/* The name of the image: that of the server, or that under which its folder is built. */
static void image_name(const struct conf_server *server, char out[CONF_NAME_MAX + 64])
{
	char digest[SHA256_TEXT], name[CONF_NAME_MAX + 1];
	size_t i = 0;

	/* Names of images have no capitals, nor anything else but letters, digits and - between others. */
	for (const char *c = server->name; *c && i < CONF_NAME_MAX; c++)
		if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'))
			name[i++] = *c;
	name[i] = 0;
	sha256_text(digest, server->containerfile, strlen(server->containerfile));
	snprintf(out, CONF_NAME_MAX + 64, "localhost/benchctl-%s%.8s", name, digest);
}

/* Adds a word to the line of a command. */
static void word_add(FILE *out, const char *word)
{
	fputc(' ', out);
	argv_quote(out, word);
}

static void image_add(FILE *out, const struct conf_server *server)
{
	char built[CONF_NAME_MAX + 64];

	if (server->containerfile)
		image_name(server, built);
	word_add(out, server->containerfile ? built : server->image);
}

/* runc, where it is there: crun refuses a hybrid tree of control groups. */
static const char *engine_command(void)
{
	bool has_runc = access("/usr/sbin/runc", X_OK) == 0 || access("/usr/bin/runc", X_OK) == 0;

	return has_runc ? "podman --runtime runc" : "podman";
}

/* Runs a command of the engine, which is freed. What it prints goes to out. Returns its exit status, or -1 with err set. */
static int engine_run(char *line, uint64_t timeout_ns, char *out, size_t room, const volatile sig_atomic_t *stop,
		      struct err *err)
{
	char errors[1000];
	int status = line ? program_run(line, NULL, timeout_ns, out, room, errors, sizeof errors, stop, err)
			  : err_set(err, "out of memory");

	if (status > 0)
		err_set(err, "podman: %.800s", *errors ? errors : "it failed and did not say why");
	else if (status < 0 && strstr(err->text, strerror(ENOENT)))
		err_set(err, "no container engine is here: install podman and runc");
	free(line);
	return status;
}

/* "ENGINE VERB [FORMAT] IMAGE"; NULL where memory is out. */
static char *image_line(const struct conf_server *server, const char *verb)
{
	char *line = NULL;
	size_t bytes;
	FILE *out = open_memstream(&line, &bytes);

	if (!out)
		return NULL;
	fprintf(out, "%s %s", engine_command(), verb);
	image_add(out, server);
	return text_close(out, &line) ? NULL : line;
}

/* NULL where memory is out. */
static char *build_line(const struct conf_server *server)
{
	char *line = NULL;
	size_t bytes;
	FILE *out = open_memstream(&line, &bytes);

	if (!out)
		return NULL;
	fprintf(out, "%s build --quiet --tag", engine_command());
	image_add(out, server);
	word_add(out, server->containerfile);
	return text_close(out, &line) ? NULL : line;
}

int container_prepare(const struct conf_server *server, const volatile sig_atomic_t *stop, struct err *err)
{
	struct err ignored;
	int status;

	if (server->containerfile) /* the engine builds only what has changed */
		status = engine_run(build_line(server), PREPARE_NS, NULL, 0, stop, err);
	else if (!engine_run(image_line(server, "image exists"), ASK_NS, NULL, 0, stop, &ignored))
		return 0;
	else
		status = engine_run(image_line(server, "pull --quiet"), PREPARE_NS, NULL, 0, stop, err);
	return status ? err_prefix(err, "server %s: its image", server->name) : 0;
}

int container_find(const struct conf_server *server, char version[CONTAINER_VERSION], const volatile sig_atomic_t *stop,
		   struct err *err)
{
	char id[32];

	if (engine_run(image_line(server, "image inspect --format {{.Id}}"), ASK_NS, id, sizeof id, stop, err))
		return -1;
	snprintf(version, CONTAINER_VERSION, "image %.12s", id);
	return 0;
}

/*
 * A limit of the container: the engine has ones of its own, which may be above those in force, and which a caller without the
 * right to raise them can't be given. `max`: what the kernel makes of it at most; 0: no such bound.
 */
static void limit_add(FILE *out, const char *name, __rlimit_resource_t resource, rlim_t max)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return;
	if (max && limit.rlim_max > max)
		limit.rlim_max = max;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_max != RLIM_INFINITY)
		fprintf(out, " --ulimit %s=%llu:%llu", name, (unsigned long long)limit.rlim_cur,
			(unsigned long long)limit.rlim_max);
}

/* Returns the line that runs a container of that name; NULL where memory is out. */
static char *run_line(const struct conf_server *server, const char *name, const char *const *environment,
		      const cpu_set_t *cpus)
{
	char *line = NULL, list[128];
	size_t bytes;
	FILE *out = open_memstream(&line, &bytes);

	if (!out)
		return NULL;
	/* The network of the engine is that of the run: it is launched in it. */
	fprintf(out, "%s run --rm --name %s --network host --log-driver passthrough", engine_command(), name);
	limit_add(out, "nofile", RLIMIT_NOFILE, 0);
	/* podman lowers its own to the number of process ids. */
	limit_add(out, "nproc", RLIMIT_NPROC, procfile_number("", "/proc/sys/kernel/pid_max", 0));
	/* A control group for CPUs would undo the affinity of the engine; without root there may be none. */
	if (cpus && !geteuid())
		fprintf(out, " --cpuset-cpus %s", cpus_show(cpus, list));
	for (; *environment; environment++) {
		/* The name alone: values would be seen in lists of processes. */
		fputs(" --env", out);
		char *variable = strndup(*environment, strcspn(*environment, "="));
		word_add(out, variable ? variable : "");
		free(variable);
	}
	image_add(out, server);
	if (server->command)
		fprintf(out, " %s", server->command);
	return text_close(out, &line) ? NULL : line;
}

/* Removes what the engine has of a container; nothing, where it has removed it itself. */
static void container_remove(const char *name)
{
	char line[256], answer[512];
	struct err ignored;

	for (int i = 0; i < REMOVALS; i++) {
		/* What the runtime has of it, a control group too, is forgotten by an engine that was killed. */
		snprintf(line, sizeof line,
			 "podman inspect --type container --format \"{{.OCIRuntime}} delete --force {{.Id}}\" %s",
			 name);
		if (program_run(line, NULL, ASK_NS, answer, sizeof answer, NULL, 0, NULL, &ignored))
			return; /* there is none */
		program_run(answer, NULL, ASK_NS, NULL, 0, NULL, 0, NULL, &ignored);
		snprintf(line, sizeof line, "podman rm --force --time 0 %s", name);
		program_run(line, NULL, ASK_NS, NULL, 0, NULL, 0, NULL, &ignored);
	}
}

/* The sweeper's whole life: waits for the end of the pipe, and removes the container. */
static void sweeper_main(const char *name, int start)
{
	sigset_t signals;
	char byte;

	sigfillset(&signals);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	setsid();
	prctl(PR_SET_NAME, "benchctl-sweeper");
	if (start != STDERR_FILENO + 1)
		dup2(start, STDERR_FILENO + 1);
	close_range(STDERR_FILENO + 2, ~0u, 0);
	while (read(STDERR_FILENO + 1, &byte, 1) < 0 && errno == EINTR)
		;
	container_remove(name);
	_exit(0);
}

int container_begin(struct container *container, const struct conf_server *server, const char *const *environment,
		    const cpu_set_t *cpus, struct err *err)
{
	uint32_t random[2];
	int ends[2];

	*container = (struct container){ 0 };
	if (getrandom(random, sizeof random, 0) != sizeof random)
		return err_set_errno(err, "getrandom");
	snprintf(container->name, sizeof container->name, "benchctl-%d-%08x%08x", (int)getpid(), random[0], random[1]);
	if (pipe2(ends, O_CLOEXEC))
		return err_set_errno(err, "pipe2");
	container->command = run_line(server, container->name, environment, cpus);
	fflush(NULL);
	pid_t sweeper = container->command ? fork() : -1;
	if (!sweeper) {
		close(ends[1]);
		sweeper_main(container->name, ends[0]);
	}
	int bad = sweeper > 0 ? 0 : container->command ? err_set_errno(err, "fork") : err_set(err, "out of memory");
	close(ends[0]);
	if (bad) {
		close(ends[1]);
		free(container->command);
		*container = (struct container){ 0 };
		return -1;
	}
	container->end = ends[1];
	container->sweeper = sweeper;
	return 0;
}

/* The PID namespace of a process, as a number; 0: not known. */
static ino_t namespace_of(pid_t pid)
{
	char path[64];
	struct stat found;

	snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)pid);
	return stat(path, &found) ? 0 : found.st_ino;
}

pid_t container_process(pid_t keeper)
{
	pid_t pids[PROCTREE_MAX];
	size_t count = proctree_list(keeper, pids, PROCTREE_MAX);
	ino_t outside = namespace_of(keeper);

	for (size_t i = 0; i < count; i++) {
		ino_t inside = namespace_of(pids[i]);
		if (inside && inside != outside)
			return pids[i];
	}
	return 0;
}

void container_end(struct container *container)
{
	int status = -1;

	if (!container->sweeper)
		return;
	close(container->end);
	while (waitpid(container->sweeper, &status, 0) < 0 && errno == EINTR)
		;
	if (status) /* it was killed */
		container_remove(container->name);
	free(container->command);
	*container = (struct container){ 0 };
}

char *container_title(const struct conf_server *server)
{
	char brief[ARGV_BRIEF] = "", built[CONF_NAME_MAX + 64], *title;

	if (server->command)
		argv_brief(brief, server->command);
	if (server->containerfile)
		image_name(server, built);
	if (asprintf(&title, "podman run %s%s%s", server->containerfile ? built : server->image, *brief ? " " : "",
		     brief) < 0)
		return NULL;
	return title;
}
