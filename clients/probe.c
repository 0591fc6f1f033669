#include "clients/probe.h"

#include <stdio.h>
#include <stdlib.h>

#include "clients/dial.h"
#include "harness/lib/clock.h"

int probe_accept_parse(struct probe_accept *accept, const char *text, struct err *err)
{
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

/* A dial to the address that the target has taken. */
static struct dial dial_of(const struct target *target, bool keepalive, uint64_t timeout_ns,
			   const volatile sig_atomic_t *stop)
{
	return (struct dial){
		.address = &target->address,
		.address_bytes = target->address_bytes,
		.request = target_request(target, keepalive),
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

int probe_learn(struct target *target, bool keepalive, struct probe_accept accept, uint64_t timeout_ns,
		const volatile sig_atomic_t *stop, const struct load_watch *watch, struct err *err)
{
	struct dial dial = dial_of(target, keepalive, timeout_ns, stop);
	struct dial_response response;

	dial.watch = watch;
	dial.keep = malloc(DIAL_BODY_MAX); /* only the pages that the response fills are ever touched */
	dial.keep_bytes = DIAL_BODY_MAX;
	if (!dial.keep)
		return err_set(err, "out of memory");
	int result = learn_anywhere(target, &dial, &response, err);
	if (!result && (response.status < accept.min || response.status > accept.max))
		result = err_set(err, "the server responds with status %u; where that is right, say --expect-status %u",
				 response.status, response.status);
	if (!result)
		result = target_expect(target, response.status, dial.keep, response.body_bytes, err);
	free(dial.keep);
	return result;
}

int probe_compare(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		  struct err *err)
{
	struct dial dial = dial_of(target, keepalive, timeout_ns, stop);
	struct dial_response response;
	enum load_failure failure;
	char text[EXPECTED_TEXT];

	dial.expected = &target->expected;
	if (dial_fetch(&dial, &response, &failure, err))
		return -1;
	if (expected_verdict(&target->expected, response.status, response.body_bytes, response.differs, &failure))
		return 0;
	err_set(err, "%s", expected_describe(text, &target->expected, response.status, response.body_bytes));
	return 1;
}

int probe_repeat(const struct target *target, bool keepalive, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
		 const struct load_watch *watch, struct err *err)
{
	const struct expected *expected = &target->expected;
	struct dial dial = dial_of(target, keepalive, timeout_ns, stop);
	struct dial_response response;
	enum load_failure failure;

	dial.watch = watch;
	dial.expected = expected;
	if (dial_fetch(&dial, &response, &failure, NULL) ||
	    expected_verdict(expected, response.status, response.body_bytes, response.differs, &failure) ||
	    failure != LOAD_BAD_BODY)
		return 0;
	if (response.body_bytes != expected->body_bytes)
		return err_set(err,
			       "the page changes by itself: %zu bytes at first, then %llu. "
			       "Compare the status alone, with --check status",
			       expected->body_bytes, (unsigned long long)response.body_bytes);
	return err_set(err, "the page changes by itself: other bytes, as many as at first. "
			    "Compare the length alone, with --check length");
}
