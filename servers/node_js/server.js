// node.js: its own HTTP server (module http), one event loop, a callback per request.
'use strict';
const http = require('http');

const HOST = process.env.BENCH_HOST || '127.0.0.1';
const PORT = Number(process.env.BENCH_PORT || 8080);
const BACKLOG = Number(process.env.BENCH_BACKLOG || 128);

const START_PAGE = '<p>Hello, World! <a href="/0">start</a>\n';

// The number that page n links to: a linear congruential generator of full period 2**32.
// Math.imul, because the plain product does not fit in the 53 bits of a double.
function nextNumber(n) {
  return (Math.imul(1664525, n) + 1013904223) >>> 0;
}

// The body for a path, or null for a page that does not exist (404).
function page(path) {
  if (path === '/') return START_PAGE;
  if (!/^\/[0-9]{1,10}$/.test(path)) return null;
  const number = Number(path.slice(1));
  if (number >= 2 ** 32) return null;
  const link = nextNumber(number);
  return `<a href="/${link}">${link}</a>\n`;
}

// No timeouts: by default node closes a connection after 5 idle seconds, or if a request takes more than 60 s to arrive.
const options = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };

const server = http.createServer(options, (request, response) => {
  process.stderr.write(`${request.socket.remoteAddress}\n`);
  const body = request.method === 'GET' ? page(request.url) : null;
  response.writeHead(body === null ? 404 : 200, {
    'Content-Type': 'text/html',
    'Content-Length': body === null ? 0 : body.length,
  });
  response.end(body);
});

server.listen({ host: HOST, port: PORT, backlog: BACKLOG });
