'use strict';
// An HTTP service that knows nothing of benchctl: a list of items as JSON, of which a part is computed for each request.
const http = require('http');
const ROUNDS = 20000;

function checksum(text) {
  let sum = 0;
  for (let i = 0; i < ROUNDS; i++) sum = (sum * 31 + text.charCodeAt(i % text.length)) >>> 0;
  return sum;
}

http.createServer((request, response) => {
  const body = JSON.stringify({ path: request.url, items: ['a', 'b', 'c'], checksum: checksum(request.url) });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}).listen(process.env.PORT || 3000, '127.0.0.1', 4096);
