#include "clients/probe.h"

#include <stdio.h>
#include <stdlib.h>

#include "clients/dial.h"
#include "harness/lib/clock.h"

int probe_accept_parse(struct probe_accept *accept, const char *text, struct err *err)
{
	if (!text)
		text = "2xx";
	bool digits = strlen(text) == 3 && text[0] >= '1' && text[0] <= '5';
	unsigned class = digits ? (unsigned)(text[0] - '0') * 100 : 0;

	if (digits && strcmp(text + 1, "xx") == 0) {
		*accept = (struct probe_accept){ class, class + 99 };
		return 0;
	}
	if (!digits || text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9')
		return err_set(err, "'%s' is no status: write 301, or 3xx for all that begin with 3", text);
	accept->min = accept->max = class + (unsigned)(text[1] - '0') * 10 + (unsigned)(text[2] - '0');
	return 0;
}

/* A dial with one of the requests to the address that the target has taken. */
static struct dial dial_of(const struct target *target, size_t request, bool keepalive, uint64_t timeout_ns,
			   const volatile sig_atomic_t *stop)
{
	return (struct dial){
		.address = &target->address,
		.address_bytes = target->address_bytes,
		.request = target_bytes(target, request, keepalive),
		.tls = target->tls_context,
		.bodyless = target_request(target, request)->expected.bodyless,
		.timeout_ns = timeout_ns,
		.stop = stop,
	};
}

/*
 * Tries the addresses in order. Each may take its share of the time left to connect; the one that does, all of it to respond.
 * Returns 0, or -1 with err set.
 */
static int learn_anywhere(struct target *target, struct dial *dial, struct dial_response *response, struct err *err)
{
	uint64_t deadline = clock_ns() + dial->timeout_ns;
	size_t count = target->addresses_count;
	char all[1024] = "", address[TARGET_ADDRESS_TEXT];
	enum load_failure failure;

	for (size_t i = 0; i < count; i++) {
		uint64_t now = clock_ns();
		dial->timeout_ns = deadline > now ? deadline - now : CLOCK_MS;
		dial->connect_timeout_ns = dial->timeout_ns / (count - i);
		target_take_address(target, i);
		dial->address_bytes = target->address_bytes;
		if (!dial_fetch(dial, response, &failure, err))
			return 0;
		if (count == 1 || response->connect_ns)
			return -1;
		size_t used = strlen(all);
		snprintf(all + used, sizeof all - used, "%s%s: %.300s", used ? "; " : "",
			 target_show_address(target, address), err->text);
	}
	return err_set(err, "%s", all);
}

/* What a first response is that is not accepted. */
static int status_refuse(unsigned status, struct err *err)
{
	static const struct {
		unsigned min, max;
		const char *why;
	} hints[] = {
		{ 301, 303, ". It redirects, which is not followed: ask for the page itself" },
		{ 307, 308, ". It redirects, which is not followed: ask for the page itself" },
		{ 401, 401, ". It asks for credentials: --basic-auth, or --header 'Authorization: ${NAME}'" },
		{ 405, 405, ". It does not take this method: --method" },
	};
	const char *why = "";

	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		if (status >= hints[i].min && status <= hints[i].max)
			why = hints[i].why;
	return err_set(err, "the server responds with status %u; where that is right, say --expect-status %u%s", status,
		       status, why);
}

/* Takes the response to one request as the right one. */
static int learn_one(struct target *target, size_t i, struct dial *dial, struct probe_accept accept, struct err *err)
{
	struct request *request = target_request(target, i);
	struct dial_response response;
	enum load_failure failure;

	if (i == 0 ? learn_anywhere(target, dial, &response, err) : dial_fetch(dial, &response, &failure, err))
		return -1;
	if (response.status < accept.min || response.status > accept.max)
		return status_refuse(response.status, err);
	if (request->expected.check == EXPECTED_CONTAINS) {
		const struct http_span body = { dial->keep, (size_t)response.body_bytes };
		if (expected_search(&request->expected, 0, &body) != request->expected.contains_bytes)
			return err_set(err, "the response to %.200s does not contain the text of --check",
				       request->path);
	}
	return request_expect(request, response.status, dial->keep, (size_t)response.body_bytes, err);
}

int probe_learn(struct target *target, bool keepalive, struct probe_accept accept, uint64_t timeout_ns,
		const volatile sig_atomic_t *stop, const struct load_watch *watch, struct err *err)
{
	uint64_t deadline = clock_ns() + timeout_ns;
	char *keep = malloc(DIAL_BODY_MAX); /* only the pages that the response fills are ever touched */
	int result = keep ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; i <= target->others_count && !result; i++) {
		uint64_t now = clock_ns();
		struct dial dial = dial_of(target, i, keepalive, deadline > now ? deadline - now : CLOCK_MS, stop);
		dial.watch = watch;
		dial.keep = keep;
		dial.keep_bytes = DIAL_BODY_MAX;
		result = learn_one(target, i, &dial, accept, err);
		if (result && i)
			err_prefix(err, "%.200s", target_request(target, i)->path);
	}
	free(keep);
	return result;
}

int probe_compare(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		  struct err *err)
{
	struct dial dial = dial_of(target, 0, keepalive, timeout_ns, stop);
	struct dial_response response;
	enum load_failure failure;
	char text[EXPECTED_TEXT];

	dial.expected = &target->expected;
	if (dial_fetch(&dial, &response, &failure, err))
		return -1;
	if (expected_verdict(&target->expected, response.status, response.body_bytes, response.state, &failure))
		return 0;
	err_set(err, "%s", expected_describe(text, &target->expected, response.status, response.body_bytes));
	return 1;
}

static int repeat_one(const struct target *target, size_t i, bool keepalive, uint64_t timeout_ns,
		      const volatile sig_atomic_t *stop, const struct load_watch *watch, struct err *err)
{
	const struct request *request = target_request(target, i);
	const struct expected *expected = &request->expected;
	struct dial dial = dial_of(target, i, keepalive, timeout_ns, stop);
	struct dial_response response;
	enum load_failure failure;

	dial.watch = watch;
	dial.expected = expected;
	if (dial_fetch(&dial, &response, &failure, NULL) ||
	    expected_verdict(expected, response.status, response.body_bytes, response.state, &failure) ||
	    failure != LOAD_BAD_BODY)
		return 0;
	if (expected->check == EXPECTED_CONTAINS)
		return err_set(err, "the page changes by itself, and does not always contain the text of --check");
	if (response.body_bytes != expected->body_bytes)
		return err_set(
			err,
			"the page changes by itself: %zu bytes at first, then %llu. "
			"Compare the status alone, with --check status, or say what is always in it: --check contains=TEXT",
			expected->body_bytes, (unsigned long long)response.body_bytes);
	return err_set(err, "the page changes by itself: other bytes, as many as at first. "
			    "Compare the length alone, with --check length");
}

int probe_repeat(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		 const struct load_watch *watch, struct err *err)
{
	uint64_t deadline = clock_ns() + timeout_ns;

	for (size_t i = 0; i <= target->others_count; i++) {
		uint64_t now = clock_ns();
		if (repeat_one(target, i, keepalive, deadline > now ? deadline - now : CLOCK_MS, stop, watch, err))
			return target->others_count ? err_prefix(err, "%.200s", target_request(target, i)->path) : -1;
	}
	return 0;
}
