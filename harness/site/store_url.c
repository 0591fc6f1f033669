#include "harness/site/store_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/text.h"
#include "harness/site/fetch.h"

#define CONNECT_MAX_MS  30000L
#define SLOW_BYTES      100L /* a second; slower for SLOW_S seconds, and the other side is considered dead */
#define SLOW_S          60L
#define ANSWER_MAX      (256u << 10) /* of a response that is not used */
#define RESULT_LIST_MAX (1u << 20)   /* bytes of the names in a folder */
#define FOLDERS_MAX     4096
#define TOKEN_MAX       8192
#define WAIT_FIRST_MS   500u
#define WAIT_MAX_MS     60000u /* what a server can ask for */
#define SLICE_MS        100u
#define FOLDERS_UP_MAX  30    /* above the site */
#define HOME            "/~/" /* the folder in which an SFTP session begins */

struct remote {
	struct store store; /* first */
	const struct store_settings *settings;
	CURL *easy;
	char *url;          /* with a slash at its end, without a password; owned */
	char *path;         /* SFTP: its path there, with a slash at its end; owned */
	const char *folder; /* that path as SFTP has it: relative where the URL's begins with the user's home, /~/ */
	bool is_sftp, is_local;  /* is_local: it does not leave this machine */
	bool no_move;            /* the server has no MOVE */
	bool was_there;          /* it has responded, if only that a file is not there */
	char *made[FOLDERS_MAX]; /* folders that are known to exist; owned */
	size_t made_count;
	char said[CURL_ERROR_SIZE];
};

/* What is done with the bytes of a response. */
struct sink {
	size_t max; /* bytes; more end the transfer */
	size_t bytes;
	bool over;   /* there were more */
	char **keep; /* where they are kept, or NULL */
	size_t room;
	struct sha256_ctx *sha; /* or hashed, or NULL */
};

static size_t on_bytes(char *data, size_t size, size_t count, void *context)
{
	struct sink *sink = context;
	size_t bytes = size * count;

	if (bytes > sink->max - sink->bytes) {
		sink->over = true;
		return 0;
	}
	if (sink->keep && sink->bytes + bytes >= sink->room) {
		size_t room = (sink->bytes + bytes + 1) * 2;
		char *more = realloc(*sink->keep, room);
		if (!more)
			return 0;
		*sink->keep = more;
		sink->room = room;
	}
	if (sink->keep)
		memcpy(*sink->keep + sink->bytes, data, bytes);
	if (sink->sha)
		sha256_update(sink->sha, bytes, (const uint8_t *)data);
	sink->bytes += bytes;
	return bytes;
}

static size_t on_file(char *out, size_t size, size_t count, void *context)
{
	size_t bytes = fread(out, 1, size * count, context);

	return ferror((FILE *)context) ? CURL_READFUNC_ABORT : bytes;
}

/* A request may have to be sent again, on a new connection. */
static int on_seek(void *context, curl_off_t to, int whence)
{
	return fseeko(context, to, whence) ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct remote *remote = context;

	(void)a, (void)b, (void)c, (void)d;
	return remote->settings->stop && *remote->settings->stop;
}

/* The token, or NULL where there is none. Returns 0, or -1 with err set. */
static int token_of(const char **token, struct err *err)
{
	*token = getenv(REMOTE_TOKEN);
	if (!*token || !**token) {
		*token = NULL;
		return 0;
	}
	for (const char *at = *token; *at; at++)
		if (!isgraph((unsigned char)*at) || at - *token > TOKEN_MAX)
			return err_set(err,
				       REMOTE_TOKEN " is no token: it has blanks or other characters, or is too long");
	return 0;
}

/* How ssh verifies the host, and authenticates to it. Returns 0, or not where memory is out. */
static bool prepare_ssh(CURL *easy)
{
	/* The first that is there; keys with a passphrase are the agent's, which libcurl asks too. */
	static const char *const keys[] = { "id_ed25519", "id_ecdsa", "id_rsa" };
	const char *home = getenv("HOME") ? getenv("HOME") : "";
	char path[4096];

	snprintf(path, sizeof path, "%.4000s/.ssh/known_hosts", home);
	/* With that file set, and no function to overrule it, a host whose key is not in it is refused. */
	bool bad = curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS, path);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		snprintf(path, sizeof path, "%.4000s/.ssh/%s", home, keys[i]);
		if (access(path, R_OK) == 0)
			return curl_easy_setopt(easy, CURLOPT_SSH_PRIVATE_KEYFILE, path) || bad;
	}
	return bad;
}

/* A handle for one request, to a path below the root. Returns 0, or -1 with err set. */
static int prepare(struct remote *remote, const char *path, struct sink *sink, struct err *err)
{
	CURL *easy = remote->easy;
	uint64_t timeout_ms = remote->settings->timeout_ns / CLOCK_MS;
	const char *token;
	char *url;

	if (token_of(&token, err))
		return -1;
	if (asprintf(&url, "%s%s", remote->url, path) < 0)
		return err_set(err, "out of memory");
	curl_easy_reset(easy); /* connections stay open */
	bool bad = curl_easy_setopt(easy, CURLOPT_URL, url) || curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
										remote->is_sftp    ? "sftp"
										: remote->is_local ? "http,https"
												   : "https");
	free(url);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 timeout_ms < CONNECT_MAX_MS ? (long)timeout_ms : CONNECT_MAX_MS);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, remote->said);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, sink);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, remote);
	/* HTTP/1.1 responses are as good, and uploads need no flow-control window there. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (remote->settings->certificates)
		bad = curl_easy_setopt(easy, CURLOPT_CAINFO, remote->settings->certificates) || bad;
	if (remote->is_local)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (token && !remote->is_sftp) {
		bad = curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token) ||
		      curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) || bad;
	} else {
		curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	}
	bad = (remote->is_sftp && prepare_ssh(easy)) || bad;
	remote->said[0] = 0;
	return bad ? err_set(err, "%s cannot be asked: libcurl lacks what that takes, or memory is out",
			     remote->store.name)
		   : 0;
}

/* What went wrong with a path: libcurl's description, or what the status means. */
static int fail(const struct remote *remote, const char *what, const char *path, CURLcode code, long status,
		struct err *err)
{
	char plain[CURL_ERROR_SIZE];

	if (remote->settings->stop && *remote->settings->stop)
		return err_set(err, "interrupted");
	if (code)
		return err_set(
			err, "%s %s%s: %s", what, remote->store.name, path,
			text_plain(plain, sizeof plain, remote->said[0] ? remote->said : curl_easy_strerror(code)));
	const char *hint = status == 401       ? ": it wants other credentials (~/.netrc or " REMOTE_TOKEN ")"
			   : status == 403     ? ": it does not allow that"
			   : status == 404     ? ": there is no such place"
			   : status == 405     ? ": it does not take files (PUT)"
			   : status == 409     ? ": the folder above is missing"
			   : status == 413     ? ": the file is too large for it"
			   : status == 507     ? ": its space is used up"
			   : status / 100 == 3 ? ": it redirects, which is not followed; name the place itself"
					       : "";
	return err_set(err, "%s %s%s: the server responds %ld%s", what, remote->store.name, path, status, hint);
}

/* Makes a request. Stores the status of an HTTP response, 0 where there is none; for SFTP 200 where all went well. */
static CURLcode perform(struct remote *remote, long *status)
{
	CURLcode code = curl_easy_perform(remote->easy);

	*status = 0;
	if (remote->is_sftp)
		*status = code ? 0 : 200;
	else
		curl_easy_getinfo(remote->easy, CURLINFO_RESPONSE_CODE, status);
	return code;
}

/* Whether the same request may succeed later. */
static bool is_passing(const struct remote *remote, CURLcode code, long status)
{
	static const CURLcode lost[] = {
		CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR,    CURLE_RECV_ERROR, CURLE_GOT_NOTHING,
		CURLE_PARTIAL_FILE,    CURLE_UPLOAD_FAILED, CURLE_SSH
	};

	if (status == 423 || status == 429 || status == 503)
		return true;
	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		if (code == lost[i])
			return remote->was_there && !status;
	return false;
}

/* Waits, unless it is to end. */
static void wait_ms(const struct remote *remote, uint64_t ms)
{
	struct timespec slice = { .tv_nsec = SLICE_MS * (long)CLOCK_MS };

	for (uint64_t waited = 0; waited < ms && !(remote->settings->stop && *remote->settings->stop);
	     waited += SLICE_MS)
		nanosleep(&slice, NULL);
}

/* The body of an error may be longer than the part that is read: the status counts, even if the response was cut. */
static bool is_absent(CURLcode code, long status)
{
	return code == CURLE_REMOTE_FILE_NOT_FOUND || status == 404 || status == 410;
}

/*
 * Whether a request is to be made again; then it has waited, and said why. *tries counts them. What the request takes or has
 * taken is to be begun anew.
 */
static bool again(struct remote *remote, const char *path, CURLcode code, long status, unsigned *tries)
{
	uint64_t ms = (uint64_t)WAIT_FIRST_MS << *tries;
	curl_off_t after_s = 0;
	char text[700], what[64];

	if (!is_passing(remote, code, status) || *tries >= remote->settings->retries ||
	    (remote->settings->stop && *remote->settings->stop)) {
		remote->was_there |= !code || is_absent(code, status);
		return false;
	}
	if (!remote->is_sftp && !curl_easy_getinfo(remote->easy, CURLINFO_RETRY_AFTER, &after_s) && after_s > 0)
		ms = (uint64_t)after_s * 1000;
	ms = ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
	snprintf(what, sizeof what, status ? "the server responds %ld" : "the connection was lost", status);
	snprintf(text, sizeof text, "%.300s%.200s: %s; again in %.1f s (%u of %llu)", remote->store.name, path, what,
		 (double)ms / 1000, ++*tries, (unsigned long long)remote->settings->retries);
	if (remote->settings->tell)
		remote->settings->tell(remote->settings->context, text);
	wait_ms(remote, ms);
	return true;
}

/* Reads a file into a sink. *there: it exists. */
static int receive(struct remote *remote, const char *path, struct sink *sink, bool *there, struct err *err)
{
	unsigned tries = 0;
	CURLcode code;
	long status;

	*there = false;
	do {
		sink->bytes = 0;
		sink->over = false;
		if (sink->sha)
			sha256_init(sink->sha);
		if (prepare(remote, path, sink, err))
			return -1;
		code = perform(remote, &status);
	} while (again(remote, path, code, status, &tries));
	if (is_absent(code, status))
		return 0;
	*there = true;
	if (sink->over && (remote->is_sftp || status == 200))
		return 0;
	return code || status != 200 ? fail(remote, "reading", path, code, status, err) : 0;
}

static int read_one(struct store *store, const char *path, size_t max, char **data, size_t *bytes, struct err *err)
{
	struct sink sink = { .max = max, .keep = data };
	bool there;

	*data = NULL;
	*bytes = 0;
	int result = receive((struct remote *)store, path, &sink, &there, err);
	if (!result && there && sink.over)
		result = err_set(err, "%s%s is larger than %zu bytes", store->name, path, max);
	if (!result && there && !*data)
		*data = malloc(1); /* a file of no bytes */
	if (!result && there && *data) {
		(*data)[sink.bytes] = 0;
		*bytes = sink.bytes;
		return 0;
	}
	free(*data);
	*data = NULL;
	return !result && there ? err_set(err, "out of memory") : result;
}

static int look(struct store *store, const struct site_file *file, enum store_state *state, struct err *err)
{
	struct sha256_ctx sha;
	struct sink sink = { .max = (size_t)file->bytes, .sha = &sha };
	char hash[SHA256_TEXT];
	bool there;

	*state = STORE_ABSENT;
	if (receive((struct remote *)store, file->path, &sink, &there, err))
		return -1;
	if (there)
		*state = !sink.over && sink.bytes == file->bytes && strcmp(sha256_show(&sha, hash), file->sha256) == 0
				 ? STORE_SAME
				 : STORE_OTHER;
	return 0;
}

/* A request without a body, by a method of WebDAV. Returns its status; or -1 with err set, where there is none. */
static long ask(struct remote *remote, const char *method, const char *path, const char *destination, struct err *err)
{
	struct sink sink = { .max = ANSWER_MAX };
	struct curl_slist *headers = NULL;
	char *header = NULL;
	long status = -1;

	if (destination &&
	    (asprintf(&header, "Destination: %s%s", remote->store.name, destination) < 0 ||
	     !(headers = curl_slist_append(NULL, header)) || !curl_slist_append(headers, "Overwrite: T"))) {
		err_set(err, "out of memory");
	} else {
		unsigned tries = 0;
		CURLcode code = CURLE_FAILED_INIT;
		do {
			sink.bytes = 0;
			if (prepare(remote, path, &sink, err))
				break;
			curl_easy_setopt(remote->easy, CURLOPT_CUSTOMREQUEST, method);
			curl_easy_setopt(remote->easy, CURLOPT_HTTPHEADER, headers);
			code = perform(remote, &status);
			if (code)
				fail(remote, method, path, code, 0, err);
		} while (again(remote, path, code, status, &tries));
		status = code ? -1 : status;
	}
	curl_slist_free_all(headers);
	free(header);
	return status;
}

/* Makes the folders above the root, as far as the server lets us: what can't be made is seen when the root is. */
static int above_make(struct remote *remote, struct err *err)
{
	size_t depth = 0;

	for (const char *slash = strchr(remote->path, '/'); slash; slash = strchr(slash + 1, '/'))
		depth++;
	/* "/a/b/" has three; libcurl resolves the dots. */
	for (size_t up = depth > FOLDERS_UP_MAX ? FOLDERS_UP_MAX : depth - 1; up-- > 1;) {
		char path[3 * FOLDERS_UP_MAX + 1] = "";
		for (size_t i = 0; i < up; i++)
			strcat(path, "../");
		if (ask(remote, "MKCOL", path, NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* Makes one folder, once; its path ends with a slash, "" is the root. */
static int folder_make(struct remote *remote, const char *path, struct err *err)
{
	for (size_t i = 0; i < remote->made_count; i++)
		if (strcmp(remote->made[i], path) == 0)
			return 0;
	long status = ask(remote, "MKCOL", path, NULL, err);
	/* The one above is missing (RFC 4918, 9.3.1); some servers say that there is no such place. */
	if (!*path && (status == 409 || status == 404)) {
		if (above_make(remote, err))
			return -1;
		status = ask(remote, "MKCOL", path, NULL, err);
	}
	if (status < 0)
		return -1;
	/*
	 * 405: it is there, or there is no such method (RFC 4918, 9.3.1), as 501 says too; some redirect to what is there. For
	 * the root, which may be a place where nothing can be made, the PUT that follows will tell.
	 */
	if (status / 100 != 2 && status / 100 != 3 && status != 405 && status != 501 && (*path || status == 401))
		return fail(remote, "making the folder", path, CURLE_OK, status, err);
	if (remote->made_count < FOLDERS_MAX && (remote->made[remote->made_count] = strdup(path)))
		remote->made_count++;
	return 0;
}

static int directory_make(struct remote *remote, const char *path, struct err *err)
{
	char part[SITE_PATH_MAX + 1];

	if (remote->is_sftp)
		return 0; /* libcurl does */
	if (folder_make(remote, "", err))
		return -1;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s/", (int)(slash - path), path);
		if (folder_make(remote, part, err))
			return -1;
	}
	return 0;
}

static const char *type_of(const char *path)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".xml", "application/atom+xml; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".csv", "text/csv; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".md", "text/markdown; charset=utf-8" },
		{ ".dat", "text/plain; charset=utf-8" },
		{ ".gp", "text/plain; charset=utf-8" },
	};
	size_t bytes = strlen(path);

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t end = strlen(types[i].end);
		if (bytes > end && strcmp(path + bytes - end, types[i].end) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

/* Sends the file to a path as it is; over SFTP it is renamed afterwards. */
static int send_file(struct remote *remote, const char *path, FILE *file, curl_off_t bytes, const char *type,
		     struct curl_slist *after, struct err *err)
{
	struct sink sink = { .max = ANSWER_MAX };
	struct curl_slist *headers = NULL;
	unsigned tries = 0;
	char header[160];
	CURLcode code;
	long status;

	snprintf(header, sizeof header, "Content-Type: %s", type);
	/* No waiting for "100 Continue": credentials are sent at once, and a refusal comes as a response. */
	if (!(headers = curl_slist_append(NULL, header)) || !curl_slist_append(headers, "Expect:")) {
		curl_slist_free_all(headers);
		return err_set(err, "out of memory");
	}
	do {
		sink.bytes = 0;
		if (prepare(remote, path, &sink, err)) {
			curl_slist_free_all(headers);
			return -1;
		}
		rewind(file);
		curl_easy_setopt(remote->easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(remote->easy, CURLOPT_READFUNCTION, on_file);
		curl_easy_setopt(remote->easy, CURLOPT_READDATA, file);
		curl_easy_setopt(remote->easy, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(remote->easy, CURLOPT_SEEKDATA, file);
		curl_easy_setopt(remote->easy, CURLOPT_INFILESIZE_LARGE, bytes);
		curl_easy_setopt(remote->easy, CURLOPT_HTTPHEADER, remote->is_sftp ? NULL : headers);
		curl_easy_setopt(remote->easy, CURLOPT_FTP_CREATE_MISSING_DIRS, (long)CURLFTP_CREATE_DIR_RETRY);
		curl_easy_setopt(remote->easy, CURLOPT_POSTQUOTE, after);
		code = perform(remote, &status);
	} while (again(remote, path, code, status, &tries));
	curl_slist_free_all(headers);
	return code || status / 100 != 2 ? fail(remote, "writing", path, code, status, err) : 0;
}

/* SFTP's rename does not replace a file, so that one goes first (the '*': it need not be there). */
static int put_sftp(struct remote *remote, const char *path, const char *part, FILE *file, curl_off_t bytes,
		    struct err *err)
{
	struct curl_slist *after = NULL;
	char *remove = NULL, *rename = NULL;
	int result = -1;

	if (asprintf(&remove, "*rm \"%s%s\"", remote->folder, path) < 0 ||
	    asprintf(&rename, "rename \"%s%s\" \"%s%s\"", remote->folder, part, remote->folder, path) < 0 ||
	    !(after = curl_slist_append(NULL, remove)) || !curl_slist_append(after, rename))
		err_set(err, "out of memory");
	else
		result = send_file(remote, part, file, bytes, "", after, err);
	curl_slist_free_all(after);
	free(remove);
	free(rename);
	return result;
}

/* Whether a status of MOVE says that the server has none, or not for us; what lies under the other name is our own. */
static bool has_no_move(long status)
{
	return status == 400 || status == 403 || status == 404 || status == 405 || status == 409 || status == 501 ||
	       status == 502;
}

static int put_dav(struct remote *remote, const char *path, const char *part, FILE *file, curl_off_t bytes,
		   struct err *err)
{
	struct err ignored;

	if (remote->no_move)
		return send_file(remote, path, file, bytes, type_of(path), NULL, err);
	if (send_file(remote, part, file, bytes, type_of(path), NULL, err))
		return -1;
	long status = ask(remote, "MOVE", part, path, err);
	if (status < 0 || status / 100 == 2)
		return status < 0 ? -1 : 0;
	ask(remote, "DELETE", part, NULL, &ignored);
	if (!has_no_move(status))
		return fail(remote, "renaming to", path, CURLE_OK, status, err);
	remote->no_move = true;
	return send_file(remote, path, file, bytes, type_of(path), NULL, err);
}

static int put(struct store *store, const char *path, const char *from, struct err *err)
{
	struct remote *remote = (struct remote *)store;
	char part[STORE_PART_PATH];
	struct stat info;
	FILE *file = fopen(from, "re");

	if (!file || fstat(fileno(file), &info)) {
		err_set_errno(err, "%s", from);
		if (file)
			fclose(file);
		return -1;
	}
	store_part(part, path);
	int result = directory_make(remote, path, err);
	if (!result)
		result = remote->is_sftp ? put_sftp(remote, path, part, file, info.st_size, err)
					 : put_dav(remote, path, part, file, info.st_size, err);
	fclose(file);
	return result;
}

/* Adds a command of SFTP for a path; one that fails is passed over (the '*'). Returns 0, or -1 where memory is out. */
static int command_add(struct curl_slist **commands, const struct remote *remote, const char *what, const char *path)
{
	char *command = NULL;
	struct curl_slist *more = NULL;

	if (asprintf(&command, "*%s \"%s%s\"", what, remote->folder, path) >= 0 &&
	    (more = curl_slist_append(*commands, command)))
		*commands = more;
	free(command);
	return more ? 0 : -1;
}

/* Names in a folder that SFTP can be asked to remove. */
static bool is_plain_name(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strpbrk(name, "\"\\/\r\n");
}

/* By SFTP a folder is removed with its files; it has no folders in it. */
static int remove_sftp(struct remote *remote, const char *path, struct err *err)
{
	bool is_folder = path[strlen(path) - 1] == '/';
	char *names = NULL, *rest = NULL;
	struct sink list = { .max = RESULT_LIST_MAX, .keep = &names }, none = { .max = ANSWER_MAX };
	struct curl_slist *commands = NULL;
	int result = prepare(remote, path, &list, err);
	bool bad = false;

	if (!result && is_folder) {
		curl_easy_setopt(remote->easy, CURLOPT_DIRLISTONLY, 1L);
		if (curl_easy_perform(remote->easy) || !names) /* it is not there */
			goto out;
		names[list.bytes] = 0;
		for (char *name = strtok_r(names, "\n", &rest); name && !bad; name = strtok_r(NULL, "\n", &rest)) {
			char whole[2 * SITE_PATH_MAX];
			snprintf(whole, sizeof whole, "%s%.*s", path, SITE_PATH_MAX, name);
			bad = is_plain_name(name) && command_add(&commands, remote, "rm", whole);
		}
	}
	bad = bad || command_add(&commands, remote, is_folder ? "rmdir" : "rm", path);
	if (bad)
		result = err_set(err, "out of memory");
	if (!result && !(result = prepare(remote, "", &none, err))) {
		curl_easy_setopt(remote->easy, CURLOPT_NOBODY, 1L);
		curl_easy_setopt(remote->easy, CURLOPT_QUOTE, commands);
		CURLcode code = curl_easy_perform(remote->easy);
		result = code ? fail(remote, "removing", path, code, 0, err) : 0;
	}
out:
	curl_slist_free_all(commands);
	free(names);
	return result;
}

static int remove_one(struct store *store, const char *path, struct err *err)
{
	struct remote *remote = (struct remote *)store;

	if (remote->is_sftp)
		return remove_sftp(remote, path, err);
	long status = ask(remote, "DELETE", path, NULL, err); /* of a folder with all in it (RFC 4918, 9.6.1) */
	if (status < 0 || status / 100 == 2 || is_absent(CURLE_OK, status))
		return status < 0 ? -1 : 0;
	return fail(remote, "removing", path, CURLE_OK, status, err);
}

static void remote_close(struct store *store)
{
	struct remote *remote = (struct remote *)store;

	curl_easy_cleanup(remote->easy);
	for (size_t i = 0; i < remote->made_count; i++)
		free(remote->made[i]);
	curl_free(remote->url);
	curl_free(remote->path);
	free(store->name);
	free(remote);
}

static const struct store_ops remote_ops = {
	.read = read_one, .look = look, .put = put, .remove = remove_one, .close = remote_close
};

static bool is_loopback(const char *host)
{
	struct in_addr four;

	return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

static char *part_of(CURLU *parts, CURLUPart part, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(parts, part, &text, flags) ? NULL : text;
}

/* Parses the URL. Messages do not show it: where it is malformed, a password could be anywhere in it. */
static int url_take(struct remote *remote, CURLU *parts, const char *url, struct err *err)
{
	int result = -1;

	if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS))
		return err_set(err, "the URL to publish to cannot be read");
	char *scheme = part_of(parts, CURLUPART_SCHEME, 0), *host = part_of(parts, CURLUPART_HOST, 0);
	char *password = part_of(parts, CURLUPART_PASSWORD, 0), *query = part_of(parts, CURLUPART_QUERY, 0);
	char *fragment = part_of(parts, CURLUPART_FRAGMENT, 0), *path = part_of(parts, CURLUPART_PATH, 0);
	char *with_slash = NULL;
	if (!scheme || !host || !path) {
		err_set(err, "the URL to publish to cannot be read");
	} else if (password) {
		err_set(err,
			"a URL with a password in it is not used, since command lines are public: put it into ~/.netrc, "
			"or a token into " REMOTE_TOKEN);
	} else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0 && strcmp(scheme, "sftp") != 0) {
		err_set(err, "'%.20s' is no protocol to publish by: https, sftp, a folder, or http on this machine",
			scheme);
	} else if (strcmp(scheme, "http") == 0 && !is_loopback(host)) {
		err_set(err, "http would send everything in the clear: use https (http goes to this machine only)");
	} else if (query || fragment) {
		err_set(err, "the URL to publish to is a folder: it has no '?' and no '#'");
	} else if (asprintf(&with_slash, "%s/", path) < 0) {
		with_slash = NULL;
		err_set(err, "out of memory");
	} else if (path[strlen(path) - 1] != '/' && curl_url_set(parts, CURLUPART_PATH, with_slash, 0)) {
		err_set(err, "out of memory");
	} else {
		remote->is_sftp = strcmp(scheme, "sftp") == 0;
		remote->is_local = is_loopback(host);
		remote->url = part_of(parts, CURLUPART_URL, 0);
		remote->path = part_of(parts, CURLUPART_PATH, CURLU_URLDECODE);
		/* libcurl does the same for the URL, but not for the commands that we send beside it. */
		remote->folder = remote->path && strncmp(remote->path, HOME, strlen(HOME)) == 0
					 ? remote->path + strlen(HOME)
					 : remote->path;
		remote->store.name = remote->url ? fetch_show(remote->url) : NULL;
		if (!remote->url || !remote->store.name)
			err_set(err, "out of memory");
		else if (!remote->folder || strpbrk(remote->folder, "\"\\\r\n"))
			err_set(err, "the URL to publish to has characters that a path can't have");
		else
			result = 0;
	}
	free(with_slash);
	curl_free(scheme);
	curl_free(host);
	curl_free(password);
	curl_free(query);
	curl_free(fragment);
	curl_free(path);
	return result;
}

int store_url_open(struct store **store, const char *url, const struct store_settings *settings, struct err *err)
{
	struct remote *remote = calloc(1, sizeof *remote);
	CURLU *parts = curl_url();
	int result = -1;

	if (!remote || !parts || !(remote->easy = curl_easy_init())) {
		err_set(err, "out of memory");
	} else {
		remote->store.ops = &remote_ops;
		remote->settings = settings;
		result = url_take(remote, parts, url, err);
	}
	curl_url_cleanup(parts);
	if (!result)
		*store = &remote->store;
	else if (remote)
		remote_close(&remote->store);
	return result;
}
