#include "harness/lib/gzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define WINDOW_BITS (MAX_WBITS + 16) /* with the head and the end of gzip */
#define MEMORY      8
#define ROOM_FIRST  65536u

bool gzip_is(const char *bytes, size_t count)
{
	return count > 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

int gzip_pack(char **packed, size_t *packed_bytes, const char *text, size_t bytes, struct err *err)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)bytes };

	*packed = NULL;
	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, "out of memory");
	size_t room = deflateBound(&stream, bytes);
	*packed = malloc(room);
	stream.next_out = (Bytef *)*packed;
	stream.avail_out = (uInt)room;
	bool bad = !*packed || deflate(&stream, Z_FINISH) != Z_STREAM_END;
	*packed_bytes = stream.total_out;
	deflateEnd(&stream);
	if (!bad)
		return 0;
	free(*packed);
	*packed = NULL;
	return err_set(err, "out of memory");
}

/* Decompresses into memory that grows with what comes. Returns 0, or -1 with err set. */
static int unpack(z_stream *stream, char **text, size_t *bytes, size_t max, struct err *err)
{
	size_t room = 0;

	*bytes = 0;
	for (int state = Z_OK; state != Z_STREAM_END;) {
		if (*bytes == room) {
			if (room > max)
				return err_set(err, "larger than %zu MiB when decompressed", max >> 20);
			room = room ? 2 * room : ROOM_FIRST;
			room = room > max ? max + 1 : room;
			char *more = realloc(*text, room + 1);
			if (!more)
				return err_set(err, "out of memory");
			*text = more;
		}
		stream->next_out = (Bytef *)*text + *bytes;
		stream->avail_out = (uInt)(room - *bytes);
		state = inflate(stream, Z_NO_FLUSH);
		*bytes = room - stream->avail_out;
		if (state == Z_MEM_ERROR)
			return err_set(err, "out of memory");
		if ((state != Z_OK && state != Z_STREAM_END) ||
		    (state == Z_OK && stream->avail_out && !stream->avail_in))
			return err_set(err, "not a whole gzip file");
	}
	(*text)[*bytes] = 0;
	return *bytes > max ? err_set(err, "larger than %zu MiB when decompressed", max >> 20) : 0;
}

int gzip_unpack(char **text, size_t *bytes, const char *packed, size_t packed_bytes, size_t max, struct err *err)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)packed, .avail_in = (uInt)packed_bytes };

	*text = NULL;
	if (inflateInit2(&stream, WINDOW_BITS) != Z_OK)
		return err_set(err, "out of memory");
	int result = unpack(&stream, text, bytes, max, err);
	inflateEnd(&stream);
	if (result) {
		free(*text);
		*text = NULL;
	}
	return result;
}
