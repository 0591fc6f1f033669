#include "harness/server/availability.h"

#include <stdio.h>
#include <string.h>

#include "harness/lib/clock.h"
#include "harness/server/container.h"
#include "harness/server/program.h"

#define TIMEOUT_NS (30 * CLOCK_S)

/* The last line of a text: in a traceback it is the line that says what is wrong. */
static const char *last_line(const char *text)
{
	const char *line = strrchr(text, '\n');

	return line ? line + 1 : text;
}

/* The first line that a command prints; "" where it fails or there is no command. */
static void line_ask(const char *command, const char *folder, char *out, size_t room, const volatile sig_atomic_t *stop)
{
	struct err ignored;

	out[0] = 0;
	if (command && program_run(command, folder, TIMEOUT_NS, out, room, NULL, 0, stop, &ignored))
		out[0] = 0;
	out[strcspn(out, "\n")] = 0;
}

void availability_find(struct availability *availability, const struct conf_server *server,
		       const volatile sig_atomic_t *stop)
{
	char errors[4096] = "";
	struct err err;

	*availability = (struct availability){ .available = true };
	if (server->requires) {
		int status = program_run(server->requires, server->folder, TIMEOUT_NS, NULL, 0, errors, sizeof errors,
					 stop, &err);
		availability->available = status == 0;
		const char *why = status < 0 ? err.text : errors[0] ? last_line(errors) : "not installed";
		if (status != 0)
			snprintf(availability->reason, sizeof availability->reason, "%.300s%s%.150s", why,
				 server->install ? "; install: " : "", server->install ? server->install : "");
	}
	char image[CONTAINER_VERSION] = "";
	if (availability->available && conf_is_container(server) && container_find(server, image, stop, &err)) {
		availability->available = false;
		snprintf(availability->reason, sizeof availability->reason, "%.500s", err.text);
	}
	if (!availability->available)
		return;
	line_ask(server->version, server->folder, availability->version, sizeof availability->version, stop);
	if (!availability->version[0])
		strcpy(availability->version, image);
	line_ask(server->implementation, server->folder, availability->implementation,
		 sizeof availability->implementation, stop);
	if (strcmp(availability->implementation, "revival") != 0)
		strcpy(availability->implementation, "original");
}
