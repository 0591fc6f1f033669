#include "harness/lib/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	return -1;
}

int err_set_errno(struct err *err, const char *format, ...)
{
	int number = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	size_t used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(number));
	return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
	char front[sizeof err->text / 2];
	char back[sizeof err->text];
	va_list args;

	va_start(args, format);
	vsnprintf(front, sizeof front, format, args);
	va_end(args);
	memcpy(back, err->text, sizeof back);
	snprintf(err->text, sizeof err->text, "%s: %.*s", front, (int)(sizeof back - sizeof front - 3), back);
	return -1;
}
