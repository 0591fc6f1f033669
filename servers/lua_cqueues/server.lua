-- Lua cqueues: a coroutine per connection, HTTP by hand with its buffered sockets (line reads, unbuffered writes).
local cqueues = require "cqueues"
local socket = require "cqueues.socket"

local START_PAGE = '<p>Hello, World! <a href="/0">start</a>\n'

-- The body for a path, or nil for a page that does not exist (404).
local function page(path)
	if path == "/" then
		return START_PAGE
	end
	local digits = path:match "^/(%d+)$"
	local number = digits and #digits <= 10 and tonumber(digits)
	if not number or number > 0xffffffff then
		return nil
	end
	-- A linear congruential generator of full period: the links visit all 2^32 pages.
	local link = (1664525 * number + 1013904223) & 0xffffffff
	return ('<a href="/%d">%d</a>\n'):format(link, link)
end

local function response(body, keep_alive)
	return ("HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n%s"):format(
		body and "200 OK" or "404 Not Found", body and #body or 0,
		keep_alive and "" or "Connection: close\r\n", body or "")
end

-- Reads the headers of a request. Returns whether they say close, or nil if the stream ends within them.
local function asks_to_close(client)
	local close = false
	for line in client:lines "*l" do
		if line == "" then
			return close
		end
		local name, value = line:match "^([^:]+):%s*(.-)%s*$"
		if name and name:lower() == "connection" then
			close = value:lower() == "close"
		end
	end
end

-- Serves one connection until it closes.
local function serve(client)
	local _, address = client:peername()
	if not address then
		return -- reset before it was accepted
	end
	client:setmode("t", "bn")
	for request in client:lines "*l" do
		local method, path, version = request:match "^(%S+) (%S+) HTTP/(%d%.%d)$"
		local close = method and asks_to_close(client)
		if close == nil then
			return
		end
		local keep_alive = version == "1.1" and not close
		io.stderr:write(address .. "\n")
		local body = method == "GET" and page(path) or nil
		if not client:write(response(body, keep_alive)) or not keep_alive then
			return
		end
	end
end

-- Errors are returned, not thrown: a client that resets its connection does not concern the server.
socket.onerror(function(_, _, why)
	return why
end)
local listener = socket.listen {
	host = os.getenv "BENCH_HOST" or "127.0.0.1",
	port = tonumber(os.getenv "BENCH_PORT" or 8080),
	reuseaddr = true,
}
local loop = cqueues.new()
loop:wrap(function()
	assert(listener:listen())
	while true do
		local client = listener:accept()
		if client then
			loop:wrap(function()
				serve(client)
				client:close()
			end)
		else
			cqueues.sleep(0.01) -- out of descriptors, for example
		end
	end
end)
assert(loop:loop())
