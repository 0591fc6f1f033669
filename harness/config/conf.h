/*
 * conf: bench.conf, the servers and the defaults of a run.
 *
 * A server keeps the server contract (`command` alone), or is any service, by its URL: launched here (`command` and `url`) or
 * running already (`url` alone). What is launched may be a container (`image` or `containerfile`), with or without a command.
 *
 * An INI file. [run] holds options of `benchctl run` by their long names; each [server NAME] describes one
 * server; [interpreters] names interpreters that servers may ask for. A second file adds to the first. Commands
 * run without a shell, in the folder of the file that names them, from which relative paths are meant too. Whatever is not understood is an error with
 * file and line.
 */
#ifndef HARNESS_CONFIG_CONF_H
#define HARNESS_CONFIG_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/config/settings.h"
#include "harness/lib/err.h"

/* One [server NAME]. All texts are owned by the conf. */
struct conf_server {
	char *name; /* letters, digits, _ and -; at most CONF_NAME_MAX */
	char *command; /* one line, split by argv_split(); of a container: what it runs instead of what its image says; or NULL */
	char *requires;       /* a command that exits 0 where the server can run here; NULL: always */
	char *version;        /* a command that prints the version; NULL: none */
	char *implementation; /* a command that prints "original" or "revival"; NULL: original */
	char *install;        /* Debian packages */
	char *build;          /* the command that a person builds it with; NULL: none, or that of all servers */
	char *family;         /* c, python, js, ... */
	char *model;          /* coroutine, callback, ... */
	char *since;          /* 2010 for servers of the benchmark of 2010 */
	char *note;
	char *alias; /* the name that it had in earlier runs, whose trend goes on; NULL: the same */
	uint64_t
		max_connections; /* open at once that its library can serve, so that no more are asked for by the check of
				     the contract; a sweep goes beyond; 0: no limit known */
	bool client_address;     /* no: its library may not tell the client's address; then it logs a dash */
	bool keepalive;
	/* Of a service that is described by its URL; NULL or 0 where it is not said. */
	char *url;                       /* what is measured; NULL: the server contract */
	struct request_settings request; /* how it is asked; what is not said is as for all servers */
	char *ready;        /* "URL" or "URL STATUS": responds so once the service is ready; NULL: as `url` does */
	int stop;           /* enum conf_stop */
	char **environment; /* "NAME=value", NULL-terminated; or NULL */
	char *directory;    /* to run in, from `folder` on */
	uint64_t processes; /* told to it as BENCH_WORKERS */
	uint64_t pid;       /* of one that runs already: its first process */
	char *pidfile;      /* a file with that number */
	/* Of a container. */
	char *image;         /* that is launched; or NULL */
	char *containerfile; /* instead: the folder that it is built from */
	int engine;          /* enum conf_engine */
	int network;         /* enum conf_network */
	char *folder;        /* in which the commands run */
};

#define CONF_NAME_MAX 60
/* The maximum number of servers in all files of a configuration. */
#define CONF_SERVERS_MAX 1000

/* The network that a server runs in: that of the run, or the host's if it needs something there. */
enum conf_network { CONF_NETWORK_RUN, CONF_NETWORK_HOST };

/* What runs containers. */
enum conf_engine { CONF_ENGINE_PODMAN };

/* The signal that asks a server to end. */
enum conf_stop { CONF_STOP_TERM, CONF_STOP_INT };

struct conf {
	struct conf_server *servers;
	size_t count;
	struct conf *installed; /* the servers that come with the program, found by their names alone; owned; or NULL */
	char *stackless, *python2_greenlet; /* of [interpreters], owned; NULL where not named */
};

/*
 * Reads a file. Adds its servers to conf (zeroed or holding earlier files) and applies [run] to settings, which
 * may be NULL. Returns 0, or -1 with err set, and conf then holds what was read so far.
 */
int conf_read(struct conf *conf, struct settings *settings, const char *path, struct err *err);

/*
 * Adds a server that consists of a command, to run in the current folder. Returns 0; or -1 with err set: the name is
 * invalid or exists already, the command can't be split into arguments, or memory is out.
 */
int conf_add(struct conf *conf, const char *name, const char *command, struct err *err);

/*
 * Adds a server that runs already. Returns 0; or -1 with err set, as conf_add() does.
 */
int conf_add_url(struct conf *conf, const char *name, const char *url, struct err *err);

/* Gives the server that was added last a URL, which is what is measured. Returns 0, or -1 with err set. */
int conf_set_url(struct conf *conf, const char *url, struct err *err);

/* Whether the server is a container. */
static inline bool conf_is_container(const struct conf_server *server)
{
	return server->image || server->containerfile;
}

/* Whether the server runs already: it is neither launched nor stopped. */
static inline bool conf_is_attached(const struct conf_server *server)
{
	return !server->command && !conf_is_container(server);
}

/*
 * Reads the configuration that comes with the program, beside one of somebody's own: its servers can be named, and are not
 * measured otherwise; the control server is among them. Returns 0, or -1 with err set.
 */
int conf_read_installed(struct conf *conf, const char *path, struct err *err);

/* The number of servers that can be named. */
size_t conf_known(const struct conf *conf);

/*
 * Puts the interpreters into this process's environment, where servers and their commands look for them:
 * BENCH_STACKLESS and BENCH_PYTHON2_GREENLET. A variable that is set already wins over the file.
 */
void conf_export(const struct conf *conf);

/* The server of that name, or NULL: first of this configuration, then of the installed one. */
const struct conf_server *conf_find(const struct conf *conf, const char *name);

void conf_release(struct conf *conf);

#endif
