#include "clients/raw.h"

#include <inttypes.h>
#include <sys/mman.h>

int raw_init(struct raw *raw, uint64_t values, struct err *err)
{
	size_t room = values < RAW_MAX ? (size_t)values : RAW_MAX;

	*raw = (struct raw){ 0 };
	if (!room)
		return 0;
	void *memory = mmap(NULL, room * sizeof *raw->values, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return err_set_errno(err, "room for %zu single latencies", room);
	raw->values = memory;
	raw->room = room;
	return 0;
}

void raw_print(const struct raw *raw, FILE *out)
{
	for (size_t i = 0; i < raw->count; i++)
		fprintf(out, "%" PRIu64 "\n", raw->values[i]);
}

void raw_release(struct raw *raw)
{
	if (raw->values)
		munmap(raw->values, raw->room * sizeof *raw->values);
	*raw = (struct raw){ 0 };
}
