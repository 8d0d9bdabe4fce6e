'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const log = require('./log');
const { renderReview } = require('./render');
const { reviewsOf } = require('./store');

const version = fs.readFileSync(path.join(__dirname, 'VERSION'), 'utf8').trim();

function answer(url) {
  const found = /^\/reviews\/(\d+)$/.exec(url);
  if (!found) {
    return [404, { error: 'not found' }];
  }
  return [200, reviewsOf(Number(found[1])).map(renderReview)];
}

const server = http.createServer((request, response) => {
  const started = process.hrtime.bigint();
  const reqId = request.headers['x-request-id'];
  let status;
  let body;
  try {
    [status, body] = answer(request.url);
  } catch (err) {
    log.error({ reqId, url: request.url, err: { type: err.name, message: err.message, stack: err.stack } }, 'request failed');
    [status, body] = [500, { error: 'internal error' }];
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
  const responseTime = Number(process.hrtime.bigint() - started) / 1e6;
  log.info({ reqId, method: request.method, url: request.url, statusCode: status, responseTime }, 'request completed');
});

server.listen(Number(process.env.PORT), process.env.HOST, () => {
  log.info({ version, node: process.version }, `reviews ${version} listening on ${process.env.HOST}:${process.env.PORT}`);
});
process.on('SIGTERM', () => {
  log.info({}, 'SIGTERM received, closing');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
