"""counting: servers that say how many requests they have seen, so that no client need be believed.

Both answer `GET /` with the page of the server contract. requests() is exact once the clients are gone, and leaves its own
readings out; take the difference of two. `with` starts one on a free port and ends it.
"""
import fcntl
import os
import socket
import subprocess
import tempfile
import time

from bench.client import CPUS, PATIENCE_S, TIED

CONTROL = 'build/servers/control'
NGINX = '/usr/sbin/nginx'

with open('/proc/sys/net/core/somaxconn', encoding='ascii') as _file:
    SOMAXCONN = _file.read().strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def fetch(port, path, source=''):
    """The body of a response, requested from a source address."""
    with socket.create_connection(('127.0.0.1', port), 10, (source, 0)) as sock:
        sock.sendall(('GET %s HTTP/1.0\r\n\r\n' % path).encode())
        answer = b''
        while piece := sock.recv(65536):
            answer += piece
    return answer.partition(b'\r\n\r\n')[2].decode()


class Server:
    """What both have in common: a process on the first CPU, and a port."""
    keepalive_10 = False  # whether it keeps connections of HTTP/1.0 too, which is what ab speaks

    def start(self, command, **options):
        self.process = subprocess.Popen(TIED + [str(CPUS[0])] + command, **options)
        try:
            while True:  # until it answers, or is gone
                if self.process.poll() is not None:
                    raise RuntimeError('%s did not start' % self.name)
                try:
                    # From another address: from its own, a connect() to a free port may meet itself (simultaneous open).
                    fetch(self.port, '/', '127.0.0.2')
                    return
                except ConnectionRefusedError:
                    pass
        except BaseException:
            self.end()
            raise

    def ask(self, path, source=''):
        """As fetch(). Right after a load the accept queue may still be full, and the kernel may refuse: tries again."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return fetch(self.port, path, source)
            except (ConnectionError, TimeoutError) as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError('%s answers no more: %s' % (self.name, error)) from None
                time.sleep(0.02)

    def end(self):
        self.process.terminate()
        self.process.wait()

    @property
    def url(self):
        return 'http://127.0.0.1:%d/' % self.port

    def __exit__(self, *unused):
        self.end()


class Control(Server):
    """The control server: it logs the client's address of each request, here into a file in memory."""
    name = 'control'
    OBSERVER = '127.0.0.77'

    def __enter__(self):
        self.port = free_port()
        self.log = os.memfd_create('log')
        fcntl.fcntl(self.log, fcntl.F_SETFL, os.O_APPEND)  # it is cut while the server writes
        self.seen = 0
        self.start([CONTROL], stderr=self.log, env=dict(os.environ, BENCH_PORT=str(self.port), BENCH_BACKLOG=SOMAXCONN))
        return self

    def __exit__(self, *unused):
        super().__exit__()
        os.close(self.log)

    def requests(self):
        """It logs in the order of the requests, but after the responses: a request from an address of its own ends the count."""
        self.ask('/', self.OBSERVER)
        lines = b''
        while self.OBSERVER.encode() not in lines:
            lines = os.pread(self.log, os.fstat(self.log).st_size, 0)
        os.ftruncate(self.log, 0)
        self.seen += lines.count(b'\n') - lines.count(self.OBSERVER.encode())
        return self.seen


NGINX_CONF = """
daemon off;
master_process off;
{user}
pid {folder}/pid;
error_log stderr crit;
events {{ worker_connections 10000; }}
http {{
    access_log off;
    default_type text/html;
    keepalive_requests 4294967295;  # 1000 by default: then it closes
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port} backlog={backlog};
        location = / {{ return 200 '<p>Hello, World! <a href="/0">start</a>\n'; }}
        location = /count {{ stub_status; }}
        location / {{ return 404; }}
    }}
}}
"""


class Nginx(Server):
    """nginx, one process: its stub_status counts requests, the reading itself too."""
    name = 'nginx'
    keepalive_10 = True

    def __enter__(self):
        self.port = free_port()
        self.readings = 0
        self.folder = tempfile.TemporaryDirectory(prefix='benchctl-nginx-')
        conf = os.path.join(self.folder.name, 'nginx.conf')
        with open(conf, 'w', encoding='ascii') as file:
            # As root, nginx would otherwise give its folders to another user.
            file.write(NGINX_CONF.format(folder=self.folder.name, port=self.port, backlog=SOMAXCONN,
                                         user='' if os.getuid() else 'user root;'))
        self.start([NGINX, '-c', conf, '-e', 'stderr'])
        return self

    def __exit__(self, *unused):
        super().__exit__()
        self.folder.cleanup()

    def requests(self):
        self.readings += 1
        # "server accepts handled requests" and their numbers
        return int(self.ask('/count').splitlines()[2].split()[2]) - self.readings


SERVERS = [Nginx, Control]
