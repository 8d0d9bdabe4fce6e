'use strict';

// One JSON object per line, in the fields and levels of pino.
const LEVELS = { info: 30, warn: 40, error: 50 };
const base = { pid: process.pid, hostname: process.env.NAME };

function write(level, fields, msg) {
  const line = { level: LEVELS[level], time: Date.now(), ...base, name: 'reviews', ...fields, msg };
  process.stdout.write(JSON.stringify(line) + '\n');
}

module.exports = {
  info: (fields, msg) => write('info', fields, msg),
  warn: (fields, msg) => write('warn', fields, msg),
  error: (fields, msg) => write('error', fields, msg),
};
