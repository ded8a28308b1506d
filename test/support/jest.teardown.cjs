// Stops the servers that specs started, by their pids.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

module.exports = async () => {
  const state = process.env.JEJAK_TEST_SERVERS;
  const program = path.resolve(__dirname, '../../infra/servers/servers.mjs');
  spawnSync(process.execPath, [program, 'stop', '--state', state], { stdio: 'inherit' });
  fs.rmSync(state, { recursive: true, force: true });
};
