#!/usr/bin/perl
# Perl Coro on AnyEvent: a coroutine per connection (async_pool), HTTP by hand with Coro::Handle's readline and print.
# AnyEvent::Socket's tcp_server accepts, as Coro::Socket's manual advises.
use strict;
use warnings;

use AnyEvent::Socket;
use Coro;
use Coro::AnyEvent;
use Coro::Handle;
use EV;    # epoll: otherwise AnyEvent uses whichever loop it finds

# The body for a path, or undef for a page that does not exist (404).
sub page {
    my ($path) = @_;
    return qq(<p>Hello, World! <a href="/0">start</a>\n) if $path eq '/';
    my ($number) = $path =~ m{\A/([0-9]{1,10})\z} or return;
    return if $number > 0xffffffff;
    # A linear congruential generator of full period: the links visit all 2**32 pages.
    my $link = (1664525 * $number + 1013904223) & 0xffffffff;
    return qq(<a href="/$link">$link</a>\n);
}

sub response {
    my ($body, $keep_alive) = @_;
    my $status = defined $body ? '200 OK' : '404 Not Found';
    $body //= '';
    return "HTTP/1.1 $status\r\nContent-Type: text/html\r\nContent-Length: " . length($body) . "\r\n"
        . ($keep_alive ? '' : "Connection: close\r\n") . "\r\n$body";
}

# Serves one connection until it closes.
sub serve {
    my ($handle, $address) = @_;
    while (defined(my $head = $handle->readline("\r\n\r\n"))) {
        # At the end of the stream, readline returns a partial line, so the end of the head is checked too.
        my ($method, $path, $version) = $head =~ m{\A(\S+) (\S+) HTTP/(\d\.\d)\r\n(?:.*\r\n)?\r\n\z}s or return;
        my $keep_alive = $version eq '1.1' && $head !~ /^Connection:\s*close\s*$/mi;
        syswrite STDERR, "$address\n";
        my $body = $method eq 'GET' ? page($path) : undef;
        $handle->print(response($body, $keep_alive)) or return;
        return unless $keep_alive;
    }
}

my $host = $ENV{BENCH_HOST} // '127.0.0.1';
my $port = $ENV{BENCH_PORT} // 8080;
tcp_server $host, $port, sub {
    my ($socket, $address) = @_;
    async_pool {
        my $handle = unblock $socket;
        serve($handle, $address);
        $handle->close;
    };
}, sub { $ENV{BENCH_BACKLOG} // 128 };    # what the last callback returns is the backlog
AE::cv->recv;
