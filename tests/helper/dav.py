"""dav: real WebDAV and SFTP servers with folders of their own, and faults on the way to them.

nginx, Apache or sshd runs as a private process, with a configuration in the test's folder, on a port that was free. Between it
and benchctl stands a relay, which counts requests by method and can cut the connection in the middle of one.
"""
import http.client
import http.server
import os
import pwd
import signal
import socket
import threading

from helper import tap
from helper.program import until

HOST = '127.0.0.1'
TRIES = 10


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def listens(pid, port):
    """Whether this very process listens there; another may have taken the port."""
    with open('/proc/net/tcp', encoding='ascii') as file:
        rows = [line.split() for line in file][1:]
    inodes = {'socket:[%s]' % row[9] for row in rows if row[3] == '0A' and int(row[1].split(':')[1], 16) == port}
    try:
        at = '/proc/%d/fd' % pid
        return any(os.readlink(os.path.join(at, fd)) in inodes for fd in os.listdir(at))
    except OSError:
        return False


def start(server, text, words):
    """Starts a server on a free port, which is written into its configuration. If another process takes the port meanwhile,
    the server ends, and another port is tried."""
    for _ in range(TRIES):
        server.port = free_port()
        conf = server.place.file(server.at + '/server.conf', text())
        server.process = server.place.start(*words(conf))
        until(lambda: listens(server.process.pid, server.port) or server.process.poll() is not None)
        if server.process.poll() is None and listens(server.process.pid, server.port):
            return
        server.process.kill()
        outcome = server.place.end(server.process)
    raise RuntimeError('%s does not start: %s' % (words('')[0], outcome))


NGINX = '''
daemon off; master_process off; pid {at}/nginx.pid; error_log {at}/nginx.log; env BENCHCTL_TEST;
events {{ worker_connections 64; }}
http {{
  access_log {at}/access.log;
  client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi;
  scgi_temp_path {at}/scgi;
  client_max_body_size 100m;
  server {{
    listen 127.0.0.1:{port} {tls};
    root {root};
    {extra}
    location / {{ dav_methods {methods}; {within} }}
  }}
}}
'''

APACHE = '''
ServerRoot {at}
ServerName localhost
PidFile {at}/apache.pid
ErrorLog {at}/apache.log
Listen 127.0.0.1:{port}
DefaultRuntimeDir {at}
Mutex pthread
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dav_module /usr/lib/apache2/modules/mod_dav.so
LoadModule dav_fs_module /usr/lib/apache2/modules/mod_dav_fs.so
DavLockDB {at}/locks
DocumentRoot {root}
<Directory {root}>
  Dav On
  Require all granted
</Directory>
'''


class Server:
    """nginx, or Apache; use it in `with`. Its files are below `root`."""

    def __init__(self, place, name, kind='nginx', methods='PUT MKCOL MOVE DELETE', tls='', extra='', within=''):
        self.place, self.port = place, None
        self.at = place.file(name)
        self.root = os.path.join(self.at, 'root')
        os.makedirs(self.root)
        self.text = lambda: (NGINX if kind == 'nginx' else APACHE).format(at=self.at, port=self.port, root=self.root, tls=tls,
                                                                          methods=methods, extra=extra, within=within)
        log = place.file(name + '/start.log')
        self.words = lambda conf: (['/usr/sbin/nginx', '-e', log, '-c', conf] if kind == 'nginx' else
                                   ['/usr/sbin/apache2', '-X', '-f', conf])
        self.process = None

    @property
    def url(self):
        return 'http://%s:%d/' % (HOST, self.port)

    def __enter__(self):
        start(self, self.text, self.words)
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)

    def log(self):
        with open(os.path.join(self.at, 'access.log'), encoding='utf-8') as file:
            return file.read()


SSHD = '''
ListenAddress 127.0.0.1:{port}
HostKey {at}/host
PidFile none
AuthorizedKeysFile {at}/keys
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp -d {root} {sftp}
'''


class Ssh:
    """sshd, for SFTP, as the user who runs the test; use it in `with`, once or several times. `home` is a home directory whose
    ~/.ssh knows the host and has a key. A session begins in `root`, as if it were the user's home. `sftp`: more arguments of
    sftp-server."""

    PRIVILEGE_SEPARATION = '/run/sshd'  # a folder that sshd requires as root, whatever its configuration says

    def __init__(self, place, name):
        self.place, self.port, self.at, self.made, self.sftp = place, None, place.file(name), False, ''
        self.root, self.home = os.path.join(self.at, 'root'), os.path.join(self.at, 'home')
        os.makedirs(self.root)
        os.makedirs(os.path.join(self.home, '.ssh'), 0o700)
        self.key = os.path.join(self.home, '.ssh', 'id_ed25519')
        for path in (os.path.join(self.at, 'host'), self.key):
            place.command('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path)
        with open(self.key + '.pub', encoding='ascii') as file:
            place.file(name + '/keys', file.read())
        self.user = pwd.getpwuid(os.getuid()).pw_name

    def know(self):
        """Writes the host's key into known_hosts."""
        with open(os.path.join(self.at, 'host.pub'), encoding='ascii') as file:
            kind, key = file.read().split()[:2]
        with open(os.path.join(self.home, '.ssh', 'known_hosts'), 'w', encoding='ascii') as file:
            file.write('[%s]:%d %s %s\n' % (HOST, self.port, kind, key))

    @property
    def url(self):
        return 'sftp://%s@%s:%d%s/' % (self.user, HOST, self.port, self.root)

    def __enter__(self):
        if os.getuid() == 0 and not os.path.exists(self.PRIVILEGE_SEPARATION):
            os.mkdir(self.PRIVILEGE_SEPARATION, 0o755)
            self.made = True
        start(self, lambda: SSHD.format(at=self.at, root=self.root, port=self.port, sftp=self.sftp),
              lambda conf: ['/usr/sbin/sshd', '-D', '-e', '-f', conf])
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        if self.made:
            os.rmdir(self.PRIVILEGE_SEPARATION)


class Relay:
    """Passes requests on to a server. Before each, `cut` is called with (method, its count so far, path). If it returns True,
    half of the body is sent and both connections end; a number is the status of a response, after which the client is to wait
    for a second."""

    def __init__(self, server, cut=None):
        self.seen = {}
        self.paths = []
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def serve(self):
                bytes_ = int(self.headers.get('Content-Length') or 0)
                if 'chunked' in (self.headers.get('Transfer-Encoding') or ''):
                    raise RuntimeError('benchctl knows the size of what it sends')
                body = self.rfile.read(bytes_)
                relay.seen[self.command] = relay.seen.get(self.command, 0) + 1
                relay.paths.append((self.command, self.path))
                back = http.client.HTTPConnection(HOST, server.port, timeout=30)
                headers = {key: value for key, value in self.headers.items() if key.lower() != 'connection'}
                fault = cut and cut(self.command, relay.seen[self.command], self.path)
                if fault and fault is not True and isinstance(fault, int):
                    self.send_response_only(fault)
                    self.send_header('Retry-After', '1')
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                    return
                if fault:
                    # The server gets half of the announced body.
                    back.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for key, value in headers.items():
                        back.putheader(key, value)
                    back.endheaders()
                    back.send(body[:bytes_ // 2])
                    back.close()
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                # Destination names the relay, so Host does too.
                back.request(self.command, self.path, body, headers)
                answer = back.getresponse()
                data = answer.read()
                self.send_response_only(answer.status)
                for key, value in answer.getheaders():
                    if key.lower() not in ('connection', 'content-length', 'transfer-encoding'):
                        self.send_header(key, value)
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                back.close()

            do_GET = do_PUT = do_MOVE = do_MKCOL = do_DELETE = serve

            def log_message(self, *unused):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *unused):
                pass

        self.listener = Listener((HOST, 0), Handler)
        self.thread = threading.Thread(target=self.listener.serve_forever)

    @property
    def url(self):
        return 'http://%s:%d/' % (HOST, self.listener.server_port)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()


class Wire:
    """Passes bytes on to a server, of any protocol. The first connection ends after `cut` bytes from the client; later ones stay."""

    def __init__(self, port, cut):
        self.server, self.left, self.connections = port, cut, 0
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection((HOST, self.server))
            first = self.connections == 1
            threading.Thread(target=self.pass_on, args=(client, server, first), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client, False), daemon=True).start()

    def pass_on(self, source, target, cut):
        try:
            while data := source.recv(65536):
                self.left -= len(data) if cut else 0
                if cut and self.left <= 0:
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()


def needed(*programs):
    for program in programs:
        if not os.access(program, os.X_OK):
            raise tap.Skip('%s is not installed: .ci/deps check' % program)
