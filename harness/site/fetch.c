#include "harness/site/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/text.h"

#define REDIRECTS_MAX 5

bool fetch_is_address(const char *text)
{
	size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return scheme > 1 && strncmp(text + scheme, "://", 3) == 0;
}

/* 127.0.0.0/8, ::1 and localhost: no other host can respond there. */
static bool is_loopback(const char *host)
{
	struct in_addr address;

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

/* Whether an address has a part that must not be shown. */
static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(url, part, &text, 0);

	curl_free(text);
	return code == CURLUE_OK;
}

char *fetch_show(const char *text)
{
	static const CURLUPart secrets[] = {
		CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT,
	};
	CURLU *url = fetch_is_address(text) ? curl_url() : NULL;
	char *whole = NULL, *shown;
	bool has_secrets = false;

	if (!url)
		return fetch_is_address(text) ? NULL : strdup(text);
	if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS)) {
		shown = strndup(text, (size_t)(strstr(text, "://") - text) + 3);
	} else {
		for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
			has_secrets |= has_part(url, secrets[i]);
			curl_url_set(url, secrets[i], NULL, 0);
		}
		shown = !has_secrets                                  ? strdup(text)
			: curl_url_get(url, CURLUPART_URL, &whole, 0) ? NULL
								      : strdup(whole);
	}
	curl_free(whole);
	curl_url_cleanup(url);
	return shown;
}

/* A local file is opened directly: it must not be a pipe or a device that never ends, and curl would wait for it. */
static FILE *path_open(const char *address, const char *host, const char *path, struct err *err)
{
	if (*host && strcmp(host, "localhost") != 0) {
		err_set(err, "%.200s: a file:// address has no host: file:///path", address);
		return NULL;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		err_set_errno(err, "%.200s", address);
		if (fd >= 0)
			close(fd);
	}
	return file;
}

struct download {
	FILE *file;
	uint64_t bytes, max;
};

static size_t on_bytes(char *data, size_t size, size_t count, void *context)
{
	struct download *download = context;
	size_t bytes = size * count;

	download->bytes += bytes;
	return download->bytes > download->max ? 0 : fwrite(data, 1, bytes, download->file);
}

static int download_run(CURL *easy, CURLU *url, struct download *download, const char *address, bool is_plain,
			uint64_t timeout_ns, struct err *err)
{
	char said[CURL_ERROR_SIZE] = "", plain[CURL_ERROR_SIZE];
	long status = 0;

	curl_easy_setopt(easy, CURLOPT_CURLU, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	if (is_plain)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* These are libcurl's own defaults, except the version; security is not left to defaults. */
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout_ns / CLOCK_MS));
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)download->max);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, download);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, said);
	CURLcode code = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (download->bytes > download->max || code == CURLE_FILESIZE_EXCEEDED)
		return err_set(err, "%.200s: larger than %llu MiB", address, (unsigned long long)download->max >> 20);
	if (code)
		return err_set(err, "%.200s: %s", address,
			       text_plain(plain, sizeof plain, *said ? said : curl_easy_strerror(code)));
	if (status != 200)
		return err_set(err, "%.200s: the response is %ld, not 200", address, status);
	return 0;
}

static FILE *download(CURLU *url, const char *address, bool is_plain, uint64_t bytes_max, uint64_t timeout_ns,
		      struct err *err)
{
	struct download download = { .file = tmpfile(), .max = bytes_max };
	CURL *easy = curl_easy_init();
	int result = -1;

	if (!download.file)
		err_set_errno(err, "%.200s: a temporary file", address);
	else if (!easy)
		err_set(err, "out of memory");
	else
		result = download_run(easy, url, &download, address, is_plain, timeout_ns, err);
	curl_easy_cleanup(easy);
	if (!result && (fflush(download.file) || fseek(download.file, 0, SEEK_SET)))
		result = err_set_errno(err, "%.200s: a temporary file", address);
	if (!result)
		return download.file;
	if (download.file)
		fclose(download.file);
	return NULL;
}

FILE *fetch_open(const char *address, uint64_t bytes_max, uint64_t timeout_ns, struct err *err)
{
	CURLU *url = curl_url();
	char *scheme = NULL, *host = NULL, *path = NULL;
	FILE *file = NULL;
	char *shown = fetch_show(address);

	if (!url || !shown) {
		err_set(err, "out of memory");
		goto out;
	}
	if (curl_url_set(url, CURLUPART_URL, address, 0) || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0)) {
		err_set(err, "%.200s: not an address that can be used: https:// or file://", shown);
		goto out;
	}
	curl_url_get(url, CURLUPART_HOST, &host, 0);
	if (strcmp(scheme, "file") == 0) {
		if (curl_url_get(url, CURLUPART_PATH, &path, CURLU_URLDECODE))
			err_set(err, "%.200s: no path", shown);
		else
			file = path_open(shown, host ? host : "", path, err);
	} else if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && host && is_loopback(host))) {
		file = download(url, shown, strcmp(scheme, "http") == 0, bytes_max, timeout_ns, err);
	} else {
		err_set(err, "%.200s: %.20s:// is not used: https:// or file://", shown, scheme);
	}
out:
	free(shown);
	curl_free(scheme);
	curl_free(host);
	curl_free(path);
	curl_url_cleanup(url);
	return file;
}
