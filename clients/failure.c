#include "clients/failure.h"

#include <errno.h>
#include <stddef.h>

const char *const load_failure_names[LOAD_FAILURES] = {
	"refused",  "reset",         "timeout", "eof_early", "bad_status", "bad_body",
	"bad_http", "no_local_port", "no_fd",   "other",     "tls",
};

enum load_failure load_failure_of_errno(int number)
{
	static const struct {
		int number;
		enum load_failure failure;
	} kinds[] = {
		{ ECONNREFUSED, LOAD_REFUSED }, { ECONNRESET, LOAD_RESET },
		{ EPIPE, LOAD_RESET },          { ECONNABORTED, LOAD_RESET },
		{ ETIMEDOUT, LOAD_TIMEOUT },    { EAGAIN, LOAD_TIMEOUT },
		{ EINPROGRESS, LOAD_TIMEOUT },  { EADDRNOTAVAIL, LOAD_NO_LOCAL_PORT },
		{ EMFILE, LOAD_NO_FD },         { ENFILE, LOAD_NO_FD },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].number == number)
			return kinds[i].failure;
	return LOAD_OTHER;
}
