#!/usr/bin/python3
"""HTTPS in `benchctl load`, both engines and the sequential clients, against real peers: nginx, Apache, openssl s_server, and a
server that breaks off by script. Prints TAP."""
import fcntl
import json
import os
import select
import socket
import ssl
import subprocess
import sys
import termios
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import Server, free_port, listens, needed
from helper.program import Place, until

ENGINES = 'epoll', 'uring'
N = 20
BODY = b'hello over TLS'

place = None  # of all tests


def openssl(*words):
    outcome = place.command('openssl', *words)
    if outcome.code:
        raise RuntimeError('openssl %s: %s' % (' '.join(words), outcome))


def make_certificates():
    """An authority; and by it certificates for localhost, for another name, one that is over, and one for the client."""
    f = place.file
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', f('ca.key'), '-out', f('ca.pem'), '-subj', '/CN=test CA',
            '-days', '10')
    for name, host, days in ('good', 'localhost', '10'), ('other', 'other.test', '10'), ('client', 'client', '10'), \
            ('old', 'localhost', '-1'):
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', f(name + '.key'), '-out', f(name + '.csr'), '-subj', '/CN=' + host)
        ext = place.file(name + '.ext', 'subjectAltName=DNS:%s%s\n' % (host, ',IP:127.0.0.1' if host == 'localhost' else ''))
        openssl('x509', '-req', '-in', f(name + '.csr'), '-CA', f('ca.pem'), '-CAkey', f('ca.key'), '-CAcreateserial', '-days', days,
                '-extfile', ext, '-out', f(name + '.pem'))
        place.file(name + '.both', place.read(name + '.pem') + place.read(name + '.key'))


def load(port, *options, ca='ca.pem', host='localhost', client='epoll', mode='keepalive', n=N, path='/'):
    trust = ['--cacert', place.file(ca)] if ca else []
    outcome = place.bench('load', '--json', '-n', str(n), '-c', '1' if client in ('seq', 'curl') else '4', '-m', mode, '--client',
                          client, '--resolve', '127.0.0.1', *trust, *options, 'https://%s:%d%s' % (host, port, path))
    try:
        return outcome, json.loads(outcome.out)
    except ValueError:
        return outcome, None


def nginx(name, certificate='good', more=''):
    needed('/usr/sbin/nginx')
    server = Server(place, name, tls='ssl', methods='off', extra='ssl_certificate %s; ssl_certificate_key %s; %s' % (
        place.file(certificate + '.pem'), place.file(certificate + '.key'), more))
    place.file(name + '/root/index.html', BODY.decode())
    return server


def test_nginx():
    for version in 'TLSv1.2', 'TLSv1.3':
        with nginx('nginx-' + version, more='ssl_protocols %s;' % version) as server:
            for client, mode in [(client, mode) for client in ENGINES for mode in ('close', 'keepalive')] + [('seq', 'close'),
                                                                                                            ('curl', 'close')]:
                outcome, cell = load(server.port, client=client, mode=mode)
                name = 'nginx, %s, %s, %s: ' % (version, client, mode)
                if not tap.ok(outcome.code == 0 and cell and cell['ok'] == N, name + 'all right', outcome) or client in ('seq', 'curl'):
                    continue
                tap.is_((cell['tls']['version'], cell['tls']['resumed']), (version, 0), name + 'version; nothing resumed')
                tap.is_(cell['tls']['handshakes'], N if mode == 'close' else 4, name + 'a handshake a connection')
                tap.ok(0 < cell['handshake_ns']['mean'] < cell['latency_ns']['max'], name + 'handshake time', cell)
                outcome, cell = load(server.port, '--tls-resume', 'yes', '-c', '1', client=client, mode='close')
                tap.ok(cell and cell['ok'] == N and cell['tls']['resumed'] >= N - 1, name + 'resumed', outcome)


def test_verified():
    """The server's certificate, unless that is not wanted. The words name what is wrong with it."""
    for certificate, words, host in ('other', 'mismatch', 'localhost'), ('old', 'expired', 'localhost'), ('good', 'mismatch', 'name.test'):
        with nginx('nginx-%s-%s' % (certificate, host), certificate) as server:
            outcome, cell = load(server.port, host=host)
            tap.ok(outcome.code == 3 and words in outcome.err, '%s: refused' % certificate, outcome)
            outcome, cell = load(server.port, '--insecure', host=host)
            tap.ok(cell and cell['ok'] == N, '%s: taken with --insecure' % certificate, outcome)
    with nginx('nginx-unknown') as server:
        outcome, _ = load(server.port, ca=None)
        tap.ok(outcome.code == 3 and 'certificate' in outcome.err, 'of an unknown authority: refused', outcome)
        outcome, cell = load(server.port, host='127.0.0.1')
        tap.ok(cell and cell['ok'] == N, 'by address', outcome)
    outcome, _ = load(1, ca='none')
    tap.ok(outcome.code == 2 and 'none' in outcome.err, 'no file of certificates', outcome)


def test_client_certificate():
    with nginx('nginx-client', more='ssl_verify_client on; ssl_client_certificate %s;' % place.file('ca.pem')) as server:
        outcome, _ = load(server.port)
        tap.ok(outcome.code == 3 and 'status 400' in outcome.err, 'without a certificate: refused', outcome)
        outcome, cell = load(server.port, '--cert', place.file('client.both'))
        tap.ok(cell and cell['ok'] == N, 'with a certificate', outcome)


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
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
DocumentRoot {at}
SSLEngine on
SSLCertificateFile {pem}
SSLCertificateKeyFile {key}
<Directory {at}>
  Require all granted
</Directory>
'''


def test_apache():
    needed('/usr/sbin/apache2')
    at, port = place.file('apache'), free_port()
    place.file('apache/index.html', BODY.decode())
    conf = place.file('apache/conf', APACHE.format(at=at, port=port, pem=place.file('good.pem'), key=place.file('good.key')))
    process = place.start('/usr/sbin/apache2', '-X', '-f', conf)
    until(lambda: listens(process.pid, port) or process.poll() is not None)
    for client in ENGINES:
        outcome, cell = load(port, client=client, path='/index.html')
        tap.ok(cell and cell['ok'] == N, 'Apache, %s' % client, outcome)
    process.terminate()
    place.end(process)


def test_s_server():
    port = free_port()
    for version in '-tls1_2', '-tls1_3':
        place.file('hello', BODY.decode())
        process = place.start('openssl', 's_server', '-accept', '127.0.0.1:%d' % port, '-cert', place.file('good.pem'), '-key',
                              place.file('good.key'), '-WWW', version)
        until(lambda: listens(process.pid, port) or process.poll() is not None)
        for client in ENGINES:
            # One connection after the other, HTTP/1.0, a body until the end.
            outcome, cell = load(port, '-c', '1', client=client, mode='close', path='/hello')
            tap.ok(cell and cell['ok'] == N, 's_server %s, %s' % (version, client), outcome)
        process.kill()
        place.end(process)


def type_line(process, text):
    """Types, and waits until it is read: s_server looks for a command only at the start of what it reads."""
    process.stdin.write(text)
    process.stdin.flush()
    until(lambda: process.poll() is not None or not any(fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4))))


def test_renegotiation():
    """A server that renegotiates (TLS 1.2) between each request and its response."""
    port = free_port()
    for client in ENGINES:
        server = place.start('openssl', 's_server', '-accept', '127.0.0.1:%d' % port, '-cert', place.file('good.pem'), '-key',
                             place.file('good.key'), '-tls1_2', '-crlf', stdin=subprocess.PIPE)
        until(lambda: listens(server.pid, port) or server.poll() is not None)
        load = place.start(place.benchctl, 'load', '--json', '-n', '3', '-c', '1', '-m', 'close', '--client', client, '--timeout', '10s', '--cacert',
                           place.file('ca.pem'), '--resolve', '127.0.0.1', 'https://localhost:%d/' % port)
        said, asked, agreed = b'', 0, 0
        while load.poll() is None:
            if not select.select([server.stdout], [], [], 0.05)[0]:
                continue
            said += os.read(server.stdout.fileno(), 65536)
            # What is typed is sent, but for the command r, which renegotiates. The client ends the connection: s_server looks for a
            # command at the beginning of what it reads alone, and might read the response and a q at once.
            if said.count(b'GET / HTTP') > asked:
                asked += 1
                type_line(server, 'r\n')
            if said.count(b'SSL_do_handshake -> 1') > agreed:
                agreed += 1
                type_line(server, 'HTTP/1.1 200 OK\nConnection: close\nContent-Length: 7\n\nhello\n')
        outcome = place.end(load)
        cell = json.loads(outcome.out) if outcome.out else {}
        tap.ok(cell.get('ok') and not sum(cell['failed'].values()) and agreed >= 3, '%s: all right' % client, '%r, %r' % (outcome, said))
        server.kill()
        place.end(server)


class Broken:
    """A server that is right for the first connections, and breaks off all that follow: in the handshake, or after it."""

    def __init__(self, how, good=2):
        self.how, self.good, self.count = how, good, 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(place.file('good.pem'), place.file('good.key'))
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            try:
                self.answer(sock, self.how if self.count > self.good else 'good')
            except OSError:
                pass
            sock.close()

    def answer(self, sock, how):
        if how == 'handshake':
            sock.recv(100)  # a part of the ClientHello
            return
        secure = self.context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
        secure.recv(65536)
        length = b'' if 'until' in how else b'Content-Length: %d\r\n' % len(BODY)
        secure.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n' + length + b'\r\n' + BODY)
        if how in ('good', 'until close'):
            secure.unwrap().close()
        else:
            os.close(secure.detach())  # without close_notify

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


def test_broken_off():
    for how, good, kind in ('handshake', 2, 'tls'), ('no close_notify', 2, 'ok'), ('until the end, cut', 2, 'eof_early'), \
            ('until close', 0, 'ok'):
        for client in ENGINES:
            with Broken(how, good) as server:
                outcome, cell = load(server.port, '-c', '1', client=client, mode='close', n=4)
                counts = dict(cell['failed'], ok=cell['ok']) if cell else {}
                tap.is_({kind: count for kind, count in counts.items() if count}, {kind: 4}, '%s, %s' % (how, client))
    with Broken('handshake', 0) as server:
        outcome, _ = load(server.port, mode='close')
        tap.has(outcome.err, 'TLS: ', 'a probe says that the handshake failed')
    with socket.create_server(('127.0.0.1', 0)) as plain:
        thread = threading.Thread(target=lambda: plain.accept()[0].sendall(b'HTTP/1.1 400 Bad\r\n\r\n'))
        thread.start()
        outcome, _ = load(plain.getsockname()[1], mode='close')
        thread.join()
        tap.ok(outcome.code == 3 and 'TLS: ' in outcome.err, 'what is no TLS is said', outcome)


with Place() as place:
    make_certificates()
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
