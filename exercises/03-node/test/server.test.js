'use strict';

// Tests of access-log with nothing but Node.js itself: node test/server.test.js

const assert = require('assert');
const http = require('http');
const { createApp } = require(process.env.SERVER || '../src/server.js');

function ask(port, method, path, body, type) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': type || 'application/json' };
    const request = http.request({ port: port, method: method, path: path, headers: headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const tests = {
  async 'starts at no logs'(port) {
    assert.deepStrictEqual(await ask(port, 'GET', '/stats'), { status: 200, body: { logs: 0 } });
  },

  async 'counts a visit'(port) {
    const posted = await ask(port, 'POST', '/access-log', '{"page": "/", "time": "2024-05-01T12:00:00Z"}');
    assert.deepStrictEqual(posted, { status: 201, body: { logs: 1 } });
    assert.deepStrictEqual((await ask(port, 'GET', '/stats')).body, { logs: 1 });
  },

  async 'takes what curl -d sends'(port) {
    const posted = await ask(port, 'POST', '/access-log', '{"page": "/"}', 'application/x-www-form-urlencoded');
    assert.strictEqual(posted.status, 201);
  },

  async 'refuses what is no visit, and counts none of it'(port) {
    const bad = ['{"page": ', '"page"', '[]', 'null', '{}', '{"page": 7}', '{"page": ""}', 'page=/', '', undefined];
    for (const body of bad) {
      const answer = await ask(port, 'POST', '/access-log', body);
      assert.strictEqual(answer.status, 400, String(body));
      assert.ok(answer.body.error, String(body));
    }
    assert.deepStrictEqual((await ask(port, 'GET', '/stats')).body, { logs: 0 });
  },

  async 'refuses a body that is too large'(port) {
    const answer = await ask(port, 'POST', '/access-log', JSON.stringify({ page: 'x'.repeat(20000) }));
    assert.strictEqual(answer.status, 413);
  },

  async 'says what is here'(port) {
    assert.strictEqual((await ask(port, 'GET', '/')).status, 404);
    assert.strictEqual((await ask(port, 'GET', '/access-log')).status, 404);
  }
};

async function run() {
  for (const name of Object.keys(tests)) {
    const server = createApp().listen(0);
    try {
      await tests[name](server.address().port);
      console.log('ok - ' + name);
    } finally {
      server.close();
    }
  }
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
