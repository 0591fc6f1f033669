#include "clients/seq.h"

#include "clients/dial.h"
#include "clients/sequence.h"

static void seq_ask(void *context, const char *path, const struct expected *expected,
		    struct sequence_response *response)
{
	const struct load_spec *spec = context;
	const struct target *target = spec->target;
	char linked[1024];
	struct dial_response got;
	struct dial dial = {
		.address = &target->address,
		.address_bytes = target->address_bytes,
		.request = target_bytes(target, 0, false),
		.tls = target->tls_context,
		.bodyless = target->expected.bodyless,
		.timeout_ns = spec->timeout_ns,
		.stop = spec->stop,
		.expected = expected,
	};

	if (path != target->path) {
		int bytes = request_write_get(&target->form, path, linked, sizeof linked);
		dial.request = (struct http_span){ linked, bytes < 0 ? 0 : (size_t)bytes };
	}
	if (dial_fetch(&dial, &got, &response->failure, NULL))
		return;
	*response = (struct sequence_response){
		.ok = true,
		.status = got.status,
		.body_bytes = got.body_bytes,
		.state = got.state,
		.connect_ns = got.connect_ns,
		.total_ns = got.total_ns,
	};
}

static int seq_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	return sequence_run(spec, seq_ask, (void *)spec, sample, err);
}

const struct client client_seq = {
	.name = "seq",
	.summary = "one request at a time over blocking sockets",
	.max_connections = 1,
	.run = seq_run,
};
