#include "clients/seq.h"

#include <stdio.h>

#include "clients/dial.h"
#include "clients/sequence.h"

struct seq {
	const struct load_spec *spec;
	char body[65536];
};

static void seq_ask(void *context, const char *path, struct sequence_response *response)
{
	struct seq *seq = context;
	const struct target *target = seq->spec->target;
	struct dial_response got;
	char linked[512];
	const char *request = target->request_close;
	size_t bytes = target->request_close_bytes;
	int failure;

	if (seq->spec->links) {
		bytes = (size_t)snprintf(linked, sizeof linked, "GET %s HTTP/1.0\r\nHost: %.400s\r\n\r\n", path,
					 target->authority);
		request = linked;
	}
	if (dial_fetch(target, request, bytes, seq->spec->timeout_ns, seq->body, sizeof seq->body, &got, &failure,
		       NULL)) {
		response->failure = (enum load_failure)failure;
		return;
	}
	*response = (struct sequence_response){
		.ok = true,
		.status = got.status,
		.body_bytes = got.body_bytes,
		.body = seq->body,
		.kept_bytes = got.kept_bytes,
		.connect_ns = got.connect_ns,
		.total_ns = got.total_ns,
	};
}

static int seq_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	struct seq seq = { .spec = spec };

	return sequence_run(spec, seq_ask, &seq, sample, err);
}

const struct client client_seq = {
	.name = "seq",
	.summary = "one request at a time over blocking sockets",
	.most_connections = 1,
	.run = seq_run,
};
