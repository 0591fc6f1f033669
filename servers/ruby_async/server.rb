# Ruby async: its own HTTP server (async-http), a task (fiber) per connection.
require 'async'
require 'async/http/endpoint'
require 'async/http/server'

HOST = ENV.fetch('BENCH_HOST', '127.0.0.1')
PORT = ENV.fetch('BENCH_PORT', '8080')
BACKLOG = Integer(ENV.fetch('BENCH_BACKLOG', '128'))

START_PAGE = %(<p>Hello, World! <a href="/0">start</a>\n)
HEADERS = [['content-type', 'text/html']].freeze

# The body for a path, or nil for a page that does not exist (404).
def page(path)
  return START_PAGE if path == '/'

  number = path[%r{\A/([0-9]{1,10})\z}, 1]&.to_i
  return unless number && number < 2**32

  # A linear congruential generator of full period: the links visit all 2**32 pages.
  link = (1_664_525 * number + 1_013_904_223) & 0xffffffff
  %(<a href="/#{link}">#{link}</a>\n)
end

def answer(request)
  $stderr.write(request.remote_address.ip_address, "\n")
  body = page(request.path) if request.method == 'GET'
  return Protocol::HTTP::Response[404, HEADERS, []] unless body

  Protocol::HTTP::Response[200, HEADERS, [body]]
end

# async-http reports a client that resets its connection, or sends no HTTP, as a failed task.
Console.logger.fatal!
endpoint = Async::HTTP::Endpoint.parse("http://#{HOST}:#{PORT}")
server = Async::HTTP::Server.for(endpoint) { |request| answer(request) }
Async { endpoint.accept(BACKLOG, &server.method(:accept)) }
