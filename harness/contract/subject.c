#include "harness/contract/subject.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/page.h"
#include "harness/lib/text.h"

/* For the keeper to tell of a death that is seen on a connection already. */
#define DEATH_MS 200
/* Of a server's last words. */
#define WORDS_MAX 300

bool subject_is_stopped(const struct subject *subject)
{
	return subject->spec->stop && *subject->spec->stop;
}

uint64_t subject_wait_ns(const struct subject *subject)
{
	uint64_t now = clock_ns();
	uint64_t left = subject->deadline > now + CLOCK_MS ? subject->deadline - now : CLOCK_MS;

	return left < subject->spec->timeout_ns ? left : subject->spec->timeout_ns;
}

void subject_try(struct subject *subject, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(subject->finding->tried, sizeof subject->finding->tried, format, args);
	va_end(args);
}

bool subject_fail(struct subject *subject, const char *expected, const char *got, ...)
{
	struct conformance_finding *finding = subject->finding;
	char text[sizeof finding->got];
	va_list args;

	va_start(args, got);
	vsnprintf(text, sizeof text, got, args);
	va_end(args);
	finding->outcome = CONFORMANCE_FAILED;
	snprintf(finding->expected, sizeof finding->expected, "%s", expected);
	text_plain(finding->got, sizeof finding->got, text);
	return false;
}

size_t subject_read_stderr(const struct subject *subject, off_t from, char *out, size_t room)
{
	ssize_t bytes = pread(subject->stderr_fd, out, room - 1, from);
	size_t used = bytes > 0 ? (size_t)bytes : 0;

	for (char *c = out; c < out + used; c++)
		if (!*c)
			*c = '?';
	out[used] = 0;
	return used;
}

/* The end of what the server has said on stderr, as one line. */
static const char *last_words(const struct subject *subject, char *out, size_t room)
{
	char raw[WORDS_MAX];
	off_t size = lseek(subject->stderr_fd, 0, SEEK_END);
	off_t from = size > (off_t)sizeof raw - 1 ? size - ((off_t)sizeof raw - 1) : 0;
	size_t used = subject_read_stderr(subject, from, raw, sizeof raw);

	while (used && isspace((unsigned char)raw[used - 1]))
		raw[--used] = 0;
	/* A line cut at its start says less than the lines behind it. */
	const char *line = from ? strchr(raw, '\n') : NULL;
	return text_plain(out, room, line ? line + 1 : raw);
}

bool subject_has_exited(struct subject *subject, char *how, size_t room)
{
	struct pollfd told = { .fd = subject->supervisor.socket, .events = POLLIN };
	char ended[96], words[WORDS_MAX];

	if (supervisor_is_alive(&subject->supervisor))
		poll(&told, 1, DEATH_MS);
	if (supervisor_is_alive(&subject->supervisor))
		return false;
	last_words(subject, words, sizeof words);
	snprintf(how, room, "the server %s%s%s", supervisor_show_exit(&subject->supervisor, ended),
		 words[0] ? ": " : "", words);
	return true;
}

bool subject_start(struct subject *subject, struct err *err)
{
	const struct conformance_spec *spec = subject->spec;
	struct launch launch = {
		.command = spec->server->command,
		.folder = spec->server->folder,
		.environment = subject->environment,
		.stderr_fd = subject->stderr_fd,
	};
	char words[WORDS_MAX];

	if (supervisor_launch(&subject->supervisor, &launch, err))
		return false;
	if (!supervisor_wait_ready(&subject->supervisor, &subject->target, spec->ready_ns, spec->stop, err))
		return true;
	supervisor_stop(&subject->supervisor, 0);
	if (last_words(subject, words, sizeof words)[0]) {
		struct err reason = *err;
		err_set(err, "%.1000s: %s", reason.text, words);
	}
	return false;
}

int subject_init(struct subject *subject, const struct conformance_spec *spec, struct err *err)
{
	char url[64];

	*subject = (struct subject){ .spec = spec };
	/* O_APPEND: a server may open its stderr again (/dev/stderr), and the file is cut while it is written. */
	subject->stderr_fd = memfd_create("stderr", MFD_CLOEXEC);
	if (subject->stderr_fd < 0 || fcntl(subject->stderr_fd, F_SETFL, O_APPEND))
		return err_set_errno(err, "memfd_create");
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", spec->port);
	snprintf(subject->variables[0], sizeof subject->variables[0], "BENCH_HOST=127.0.0.1");
	snprintf(subject->variables[1], sizeof subject->variables[1], "BENCH_PORT=%u", spec->port);
	snprintf(subject->variables[2], sizeof subject->variables[2], "BENCH_BACKLOG=%u", spec->backlog);
	snprintf(subject->variables[3], sizeof subject->variables[3], "BENCH_WORKERS=1");
	for (size_t i = 0; i < 4; i++)
		subject->environment[i] = subject->variables[i];
	if (target_init(&subject->target, url, TARGET_HTTP_1_1, err))
		return -1;
	return target_expect(&subject->target, 200, PAGE_START, PAGE_START_BYTES, err);
}

void subject_release(struct subject *subject)
{
	supervisor_stop(&subject->supervisor, SUBJECT_GRACE_NS);
	target_release(&subject->target);
	if (subject->stderr_fd >= 0)
		close(subject->stderr_fd);
	subject->stderr_fd = -1;
}
