'use strict';

// access-log: POST a visit to /access-log, and GET the number of visits from /stats.
// Written for every Node.js from 10 on: no newer syntax, please.

const express = require('express');
const winston = require('winston');

// JSON lines: whatever a visitor sends, one visit stays one line of plain text.
const logger = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [new winston.transports.Console()]
});

function isVisit(body) {
  return typeof body === 'object' && body !== null && typeof body.page === 'string' && body.page !== '';
}

/** The web application, with a count of its own. */
function createApp() {
  const app = express();
  let logs = 0;

  app.disable('x-powered-by');
  // `curl -d` calls its data a form, so JSON is tried whatever the request calls it
  app.use(express.json({ limit: '10kb', type: () => true }));

  app.post('/access-log', (request, response) => {
    if (!isVisit(request.body)) {
      response.status(400).json({ error: 'A visit is a JSON object with a "page", such as {"page": "/"}.' });
      return;
    }
    logs += 1;
    logger.info('visit', { visit: request.body });
    response.status(201).json({ logs: logs });
  });

  app.get('/stats', (request, response) => {
    response.json({ logs: logs });
  });

  app.use((request, response) => {
    response.status(404).json({ error: 'There is POST /access-log and GET /stats here.' });
  });

  // Express knows an error handler by its four parameters.
  app.use((error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = error.status >= 400 && error.status < 500 ? error.status : 500;
    if (status === 500) {
      logger.error('failure', { reason: error.message });
    }
    response.status(status).json({ error: status === 500 ? 'Something went wrong here.' : error.message });
  });

  return app;
}

function main() {
  const port = Number(process.env.PORT || 80);
  const server = createApp().listen(port, () => logger.info('listening', { port: port, node: process.version }));
  server.on('error', (error) => {
    logger.error('cannot listen', { port: port, reason: error.message });
    process.exit(1);
  });

  // The first process of a container gets no default handling of signals: without this, a stop would wait for a kill.
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => process.exit(0)));
}

module.exports = { createApp };

if (require.main === module) {
  main();
}
