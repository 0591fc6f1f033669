#!/bin/sh
# nginx, as a well-known event-driven reference: its static `return` for the start page, its own JavaScript (njs)
# for the others. One process and no master, as for every other server here.
#
# nginx reads no settings from the environment, so the configuration is written here. Its file is removed before nginx
# starts, which reads it by descriptor; nginx removes the pid file itself.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
file=$(mktemp)
exec 3<>"$file"
rm "$file"
# As root, nginx would otherwise change the owner of its folders.
if [ "$(id -u)" = 0 ]; then user='user root;'; else user=; fi

cat >&3 <<CONFIGURATION
load_module /usr/lib/nginx/modules/ngx_http_js_module.so;
daemon off;
master_process off;
$user
pid "$file.pid";	# nginx removes it when it ends
error_log stderr crit;

events {
	worker_connections 70000;
}

http {
	js_import page from "$here/page.js";
	default_type text/html;
	log_format address '\$remote_addr';
	access_log /dev/stderr address;

	# By default a silent connection is closed after 60 or 75 seconds, and a busy one after 1000 requests or an hour.
	client_header_timeout 1d;
	keepalive_timeout 1d;
	keepalive_time 1d;
	keepalive_requests 4294967295;

	# nginx requires folders for temporary files, although no request here needs them.
	client_body_temp_path /tmp;
	proxy_temp_path /tmp;
	fastcgi_temp_path /tmp;
	uwsgi_temp_path /tmp;
	scgi_temp_path /tmp;

	server {
		listen ${BENCH_HOST:-127.0.0.1}:${BENCH_PORT:-8080} backlog=${BENCH_BACKLOG:-128};
		merge_slashes off;
		if (\$request_method != GET) {
			return 404;
		}

		location / {
			return 404;
		}
		location = / {
			return 200 '<p>Hello, World! <a href="/0">start</a>\n';
		}
		location ~ "^/[0-9]{1,10}\$" {
			js_content page.number_page;
		}
	}
}
CONFIGURATION

exec /usr/sbin/nginx -c /dev/fd/3 -e stderr
