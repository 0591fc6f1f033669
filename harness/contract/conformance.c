#include "harness/contract/conformance.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/probe.h"
#include "harness/contract/checks.h"
#include "harness/host/port.h"

/* The time of all checks of a server, without its first start. */
#define VISIT_NS (60 * CLOCK_S)

/* A server during its checks. */
struct visit {
	struct subject subject;
	struct conformance *conformance;
	uint64_t deadline;
	bool lost; /* it could not be started again */
};

/* Opens the next finding; it is passed until something fails. */
static void finding_open(struct visit *visit, const char *check)
{
	struct conformance *conformance = visit->conformance;

	visit->subject.finding = &conformance->findings[conformance->count++];
	*visit->subject.finding = (struct conformance_finding){ .check = check };
}

/*
 * Makes sure that the server still works after a check. Where it does not, the check has failed, and the server is
 * ended. For a check that has failed already, notes how the server died, if it did.
 */
static void see_after(struct subject *subject)
{
	struct conformance_finding *finding = subject->finding;
	struct err err;
	char how[sizeof finding->got];
	/* A server that hangs must leave time for the next checks. */
	uint64_t wait_ns = subject->spec->timeout_ns < CHECKS_NS ? subject->spec->timeout_ns : CHECKS_NS;

	if (probe_compare(&subject->service.target, false, wait_ns, subject->spec->stop, &err) == 0 &&
	    service_is_alive(&subject->service))
		return;
	bool dead = subject_has_exited(subject, how, sizeof how);
	if (finding->outcome != CONFORMANCE_FAILED) {
		subject_try(subject, "GET / after it");
		subject_fail(subject, "a response as before", "%s", dead ? how : err.text);
	} else if (dead) {
		size_t used = strlen(finding->got);
		snprintf(finding->got + used, sizeof finding->got - used, "; %s", how);
	}
	supervisor_stop(&subject->service.supervisor, 0);
}

/* A death that shows only now is due to the last check. */
static void see_again(struct subject *subject)
{
	char how[sizeof subject->finding->got];

	if (!subject->service.supervisor.keeper || supervisor_is_alive(&subject->service.supervisor) ||
	    !subject_has_exited(subject, how, sizeof how))
		return;
	if (subject->finding->outcome != CONFORMANCE_FAILED) {
		subject_try(subject, "a moment after it");
		subject_fail(subject, "a server that runs", "%s", how);
	}
	supervisor_stop(&subject->service.supervisor, 0);
}

/* Makes sure that the server runs before a check. Where it does not, the check has failed. */
static bool see_before(struct visit *visit)
{
	struct subject *subject = &visit->subject;
	struct err err;

	if (service_is_started(&subject->service))
		return true;
	subject_try(subject, "a new start for this check");
	if (visit->lost)
		return subject_fail(subject, "a server that runs", "none: it did not start before either");
	if (subject_start(subject, &err))
		return true;
	visit->lost = true;
	return subject_fail(subject, "a server that runs", "%s", err.text);
}

/* Whether the check is one of this server's kind. */
static bool check_fits(const struct check *check, const struct conf_server *server)
{
	return check->of != (server->url ? CHECK_CONTRACT : CHECK_SERVICE) &&
	       !(check->launched && conf_is_attached(server));
}

static void check_make(struct visit *visit, const struct check *check)
{
	struct subject *subject = &visit->subject;
	uint64_t now = clock_ns();

	if (check->keepalive && !subject->spec->server->keepalive) {
		subject->finding->outcome = CONFORMANCE_NOT_ASKED;
		return;
	}
	if (now >= visit->deadline) {
		subject_try(subject, "this check");
		subject_fail(subject, "time for it", "none: those before took %llu s", VISIT_NS / CLOCK_S);
		return;
	}
	subject->deadline = now + CHECKS_NS < visit->deadline ? now + CHECKS_NS : visit->deadline;
	/* A finding then quotes only stderr of its own time, and the file stays small. */
	(void)!ftruncate(subject->service.stderr_fd, 0);
	if (check->stopped)
		supervisor_stop(&subject->service.supervisor, 0);
	else if (!see_before(visit))
		return;
	check->function(subject);
	if (service_is_started(&subject->service) && !subject_is_stopped(subject))
		see_after(subject);
}

static void visit_make(struct visit *visit)
{
	struct subject *subject = &visit->subject;
	struct err err;

	finding_open(visit, "ready");
	subject_try(subject, "the start");
	if (!subject_start(subject, &err)) {
		subject_fail(subject, "a right response", "%s", err.text);
		if (subject_is_stopped(subject))
			visit->conformance->count = 0;
		return;
	}
	visit->deadline = clock_ns() + VISIT_NS;
	for (const struct check *check = checks; check->name; check++) {
		if (!check_fits(check, subject->spec->server))
			continue;
		see_again(subject);
		finding_open(visit, check->name);
		check_make(visit, check);
		if (subject_is_stopped(subject)) {
			visit->conformance->count--; /* it may have failed because it was cut short */
			return;
		}
	}
}

int conformance_check(struct conformance *conformance, const struct conformance_spec *spec, struct err *err)
{
	struct visit visit = { .conformance = conformance };
	struct port_holder holder;
	int result = -1;

	*conformance = (struct conformance){ 0 };
	if (subject_init(&visit.subject, spec, err)) {
		err_prefix(err, "%s", spec->server->name);
	} else if (!conf_is_attached(spec->server) && target_port(&visit.subject.service.target) &&
		   port_is_held(target_port(&visit.subject.service.target), &holder)) {
		err_set(err, "port %u is in use by process %d (%s): end it, or choose another port with --port",
			target_port(&visit.subject.service.target), (int)holder.pid,
			holder.pid ? holder.name : "not to be seen from here");
	} else {
		visit_make(&visit);
		result = 0;
	}
	subject_release(&visit.subject);
	return result;
}

size_t conformance_count(const struct conformance *conformance, enum conformance_outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < conformance->count; i++)
		count += conformance->findings[i].outcome == outcome;
	return count;
}

const char *conformance_show(const struct conformance_finding *finding, char out[CONFORMANCE_TEXT_MAX])
{
	switch (finding->outcome) {
	case CONFORMANCE_PASSED: snprintf(out, CONFORMANCE_TEXT_MAX, "passed"); break;
	case CONFORMANCE_NOT_ASKED:
		snprintf(out, CONFORMANCE_TEXT_MAX, "not asked: the server's section says keepalive = no");
		break;
	case CONFORMANCE_FAILED:
		snprintf(out, CONFORMANCE_TEXT_MAX, "%s: expected %s, got %s", finding->tried, finding->expected,
			 finding->got);
		break;
	}
	return out;
}
