// Servers that specs need are started once for a whole run of jest, by the first that asks, in this directory.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

module.exports = async () => {
  process.env.JEJAK_TEST_SERVERS ??= fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-servers-'));
  process.env.JEJAK_JEST_PID = String(process.pid);
};
