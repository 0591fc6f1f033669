#include "harness/contract/subject.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/text.h"

/* Time for the keeper to report a death that already shows on a connection. */
#define DEATH_MS 200
/* How many bytes of the last stderr output a finding quotes. */
#define STDERR_MAX 300

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
	ssize_t bytes = pread(subject->service.stderr_fd, out, room - 1, from);
	size_t used = bytes > 0 ? (size_t)bytes : 0;

	for (char *c = out; c < out + used; c++)
		if (!*c)
			*c = '?';
	out[used] = 0;
	return used;
}

bool subject_has_exited(struct subject *subject, char *how, size_t room)
{
	struct pollfd told = { .fd = subject->service.supervisor.socket, .events = POLLIN };
	char ended[96], text[STDERR_MAX];

	if (subject->service.is_attached)
		return false;
	if (supervisor_is_alive(&subject->service.supervisor))
		poll(&told, 1, DEATH_MS);
	if (supervisor_is_alive(&subject->service.supervisor))
		return false;
	service_last_stderr(&subject->service, text, sizeof text);
	snprintf(how, room, "the server %s%s%s", supervisor_show_exit(&subject->service.supervisor, ended),
		 text[0] ? ": " : "", text);
	return true;
}

bool subject_start(struct subject *subject, struct err *err)
{
	return !service_start(&subject->service, subject->spec->ready_ns, subject->spec->stop, err);
}

int subject_init(struct subject *subject, const struct conformance_spec *spec, struct err *err)
{
	const struct service_place place = {
		.port = spec->port,
		.backlog = spec->backlog,
		.request = spec->request,
		.network = spec->network,
		.grace_ns = SUBJECT_GRACE_NS,
		.stop = spec->stop,
		.stays = true, /* for the second start to meet TIME_WAIT */
	};

	*subject = (struct subject){ .spec = spec };
	return service_init(&subject->service, spec->server, &place, err) || service_keep_stderr(&subject->service, err)
		       ? -1
		       : 0;
}

void subject_release(struct subject *subject)
{
	service_release(&subject->service);
}
