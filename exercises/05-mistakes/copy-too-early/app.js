'use strict';

const version = require('express/package.json').version;

console.log('Hello from a program with express ' + version);
