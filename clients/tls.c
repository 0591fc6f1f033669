#include "clients/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls_context {
	SSL_CTX *ctx;
	BIO_METHOD *method;   /* of the BIO between a struct tls and its SSL */
	SSL_SESSION *session; /* the last one that the server has given */
	bool resumes;
	bool named; /* the host is a name, no address */
	char host[256];
};

static SSL *ssl_of(const struct tls *tls)
{
	return tls->ssl;
}

/* Between SSL and the struct: what is read was fed, what is written goes to `output`. */

static int bio_read(BIO *bio, char *out, int room)
{
	struct tls *tls = BIO_get_data(bio);
	size_t bytes = tls->input_bytes < (size_t)room ? tls->input_bytes : (size_t)room;

	BIO_clear_retry_flags(bio);
	if (!bytes) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, tls->input, bytes);
	tls->input += bytes;
	tls->input_bytes -= bytes;
	return (int)bytes;
}

static int bio_write(BIO *bio, const char *data, int bytes)
{
	struct tls *tls = BIO_get_data(bio);
	size_t needed = tls->output_bytes + (size_t)bytes;

	if (needed > tls->output_room) {
		size_t room = needed < 2048 ? 2048 : 2 * needed;
		char *longer = realloc(tls->output, room);
		if (!longer)
			return -1;
		tls->output = longer;
		tls->output_room = room;
	}
	memcpy(tls->output + tls->output_bytes, data, (size_t)bytes);
	tls->output_bytes = needed;
	return bytes;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

/* Keeps the last session; those of TLS 1.3 come after the handshake. */
static int session_keep(SSL *ssl, SSL_SESSION *session)
{
	struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	SSL_SESSION_free(context->session);
	context->session = session;
	return 1;
}

static int openssl_fail(struct err *err, const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return err_set(err, "%s: %s", what, why ? why : "TLS can't be used");
}

static int context_set(struct tls_context *context, const struct request_tls *settings, struct err *err)
{
	SSL_CTX *ctx = context->ctx = SSL_CTX_new(TLS_client_method());
	static const unsigned char http_1_1[] = "\x08http/1.1";

	context->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 127, "benchctl");
	if (!ctx || !context->method || !BIO_meth_set_read(context->method, bio_read) ||
	    !BIO_meth_set_write(context->method, bio_write) || !BIO_meth_set_ctrl(context->method, bio_control) ||
	    !BIO_meth_set_create(context->method, bio_create) ||
	    SSL_CTX_set_alpn_protos(ctx, http_1_1, sizeof http_1_1 - 1) ||
	    !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
		return openssl_fail(err, "OpenSSL");
	if (settings->cacert ? !SSL_CTX_load_verify_file(ctx, settings->cacert)
			     : !SSL_CTX_set_default_verify_paths(ctx))
		return openssl_fail(err, settings->cacert ? settings->cacert : "the system's certificates");
	if (settings->cert && (SSL_CTX_use_certificate_chain_file(ctx, settings->cert) != 1 ||
			       SSL_CTX_use_PrivateKey_file(ctx, settings->cert, SSL_FILETYPE_PEM) != 1))
		return openssl_fail(err, settings->cert);
	SSL_CTX_set_verify(ctx, settings->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_app_data(ctx, context);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	if (context->resumes)
		SSL_CTX_sess_set_new_cb(ctx, session_keep);
	return 0;
}

struct tls_context *tls_context_new(const struct request_tls *settings, const char *host, struct err *err)
{
	struct tls_context *context = calloc(1, sizeof *context);
	struct in6_addr address;

	if (!context) {
		err_set(err, "out of memory");
		return NULL;
	}
	snprintf(context->host, sizeof context->host, "%s", host);
	context->named = !inet_pton(AF_INET, host, &address) && !inet_pton(AF_INET6, host, &address);
	context->resumes = settings->resume;
	if (!context_set(context, settings, err))
		return context;
	tls_context_free(context);
	return NULL;
}

void tls_context_free(struct tls_context *context)
{
	if (!context)
		return;
	SSL_SESSION_free(context->session);
	SSL_CTX_free(context->ctx);
	BIO_meth_free(context->method);
	free(context);
}

/* Does what can be done of the handshake. */
static enum tls_event shake(struct tls *tls)
{
	SSL *ssl = ssl_of(tls);
	int result = SSL_do_handshake(ssl);

	if (result != 1)
		return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? TLS_MORE : TLS_BROKEN;
	tls->is_open = true;
	tls->is_resumed = SSL_session_reused(ssl);
	if (tls->request.bytes)
		tls_ask(tls, tls->request);
	return TLS_OPEN;
}

int tls_begin(struct tls *tls, struct tls_context *context)
{
	tls_end(tls);
	SSL *ssl = SSL_new(context->ctx);
	BIO *bio = ssl ? BIO_new(context->method) : NULL;
	if (!bio) {
		SSL_free(ssl);
		return -1;
	}
	tls->ssl = ssl;
	BIO_set_data(bio, tls);
	SSL_set_bio(ssl, bio, bio);
	SSL_set_connect_state(ssl);
	if (context->named ? !SSL_set_tlsext_host_name(ssl, context->host) || !SSL_set1_host(ssl, context->host)
			   : !X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), context->host))
		return -1;
	if (context->session)
		SSL_set_session(ssl, context->session);
	ERR_clear_error();
	return shake(tls) == TLS_MORE ? 0 : -1;
}

void tls_end(struct tls *tls)
{
	/* Else OpenSSL takes the session for one that must not be resumed. */
	if (tls->ssl)
		SSL_set_shutdown(ssl_of(tls), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(tls->ssl);
	*tls = (struct tls){ .output = tls->output, .output_room = tls->output_room, .serial = tls->serial + 1 };
}

void tls_release(struct tls *tls)
{
	tls_end(tls);
	free(tls->output);
	*tls = (struct tls){ 0 };
}

void tls_ask(struct tls *tls, struct http_span request)
{
	tls->request = request;
	if (!tls->is_open)
		return;
	/* It is written as a whole: the BIO takes all. */
	SSL_write(ssl_of(tls), request.data, (int)request.bytes);
	tls->request = (struct http_span){ 0 };
}

enum tls_event tls_read(struct tls *tls, char *out, size_t room, size_t *bytes)
{
	SSL *ssl = ssl_of(tls);

	if (!ssl)
		return TLS_BROKEN;
	if (!tls->is_open)
		return shake(tls);
	int result = SSL_read_ex(ssl, out, room, bytes);
	if (result == 1)
		return TLS_DATA;
	int error = SSL_get_error(ssl, result);
	tls->is_closed = error == SSL_ERROR_ZERO_RETURN;
	return tls->is_closed || error == SSL_ERROR_WANT_READ ? TLS_MORE : TLS_BROKEN;
}

const char *tls_explain(const struct tls *tls, char out[TLS_TEXT])
{
	long verified = tls->ssl ? SSL_get_verify_result(ssl_of(tls)) : X509_V_OK;
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (verified != X509_V_OK && !tls->is_open)
		snprintf(out, TLS_TEXT, "TLS: the server's certificate: %s (--cacert, --insecure)",
			 X509_verify_cert_error_string(verified));
	else
		snprintf(out, TLS_TEXT, "TLS: %s", reason ? reason : "the connection ended in the handshake");
	ERR_clear_error();
	return out;
}

const char *tls_version(const struct tls *tls)
{
	return SSL_get_version(ssl_of(tls));
}

const char *tls_cipher(const struct tls *tls)
{
	return SSL_get_cipher_name(ssl_of(tls));
}
