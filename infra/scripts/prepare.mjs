// What must be there before anything of ours can run: a recent Node, the packages, the build.
// Plain Node without dependencies, since a bare clone has nothing else. Syntax kept old enough
// for an outdated Node to reach the sentence that says so. Messages go to stderr: the command
// line tool's stdout belongs to what it exports.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const entries = {
  api: path.join(root, 'dist/apps/api/src/main.js'),
  cli: path.join(root, 'dist/apps/cli/src/main.js'),
  worker: path.join(root, 'dist/apps/worker/src/main.js'),
  bench: path.join(root, 'dist/test/bench/main.js'),
  faults: path.join(root, 'dist/test/faults/main.js'),
};

const modules = path.join(root, 'node_modules');
const installStamp = path.join(modules, '.jejak-installed');
const buildStamp = path.join(root, 'dist/.jejak-built');

const say = (text) => process.stderr.write(text + '\n');

export function stop(text) {
  say('\n' + text);
  process.exit(1);
}

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);

export function bin(name) {
  const scripts = {
    nest: '@nestjs/cli/bin/nest.js',
    tsc: 'typescript/bin/tsc',
    jest: 'jest/bin/jest.js',
    eslint: 'eslint/bin/eslint.js',
    prettier: 'prettier/bin/prettier.cjs',
  };
  return path.join(modules, scripts[name]);
}

/** Between two lines that say that something still goes on, in milliseconds. */
const PATIENCE = 5000;

/** Says every few seconds, to whoever watches, how long something has been going on. */
async function watched(what, work) {
  if (!process.stderr.isTTY) return work();
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000) + ' s';
  const timer = setInterval(() => say(`${what}: ${elapsed()} so far.`), PATIENCE);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    say(`${what}: ended after ${elapsed()}.`);
  }
}

/** Runs a program and resolves to its exit code; with `collect`, what it printed comes back too. */
export function run(command, args, options) {
  const { collect = false, stdio = 'inherit', env = process.env } = options || {};
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: collect ? ['ignore', 'pipe', 'pipe'] : stdio,
    });
    let output = '';
    if (collect) {
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
    }
    // Stopped from outside: the tool stops too, and nothing that would have followed begins.
    const stops = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
    const pass = (signal) => {
      child.kill(signal);
      child.on('close', () => process.exit(stops[signal]));
    };
    Object.keys(stops).forEach((signal) => process.on(signal, pass));
    const done = (result) => {
      Object.keys(stops).forEach((signal) => process.off(signal, pass));
      resolve(result);
    };
    child.on('error', (error) => done({ code: 127, output: output + error.message }));
    child.on('close', (code) => done({ code: code === null ? 1 : code, output }));
  });
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  stop(`Jejak needs Node 20.19, 22.12 or newer; this is Node ${process.versions.node}.`);
}

// Decision record 0006: from Node 22 on the SQLite binding comes with its binaries.
const compiled = Number.parseInt(process.versions.node, 10) < 22;
const sqlite = compiled ? 'better-sqlite3-node20' : 'better-sqlite3';

const works = (command, args) => !spawnSync(command, args || ['--version'], { stdio: 'ignore' }).error;

function missingTools() {
  const missing = [];
  const compilers = [process.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean);
  if (!compilers.some((name) => works(name.split(' ')[0]))) missing.push('a C++ compiler (g++)');
  if (!works(process.env.MAKE || 'make')) missing.push('make');
  const pythons = [process.env.PYTHON, process.env.npm_config_python, 'python3', 'python'].filter(Boolean);
  if (!pythons.some((name) => works(name))) missing.push('python3');
  return missing;
}

/** The packages on disk fit this lock file and this Node: native modules are built for one ABI. */
function installKey() {
  const lock = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  return [lock, process.platform, process.arch, process.versions.modules].join(' ');
}

const nativeLoads = () =>
  spawnSync(process.execPath, ['-e', `new (require('${sqlite}'))(':memory:')`], {
    cwd: root,
    stdio: 'ignore',
  }).status === 0;

/** Someone ran `npm ci` by hand: what npm says it installed is what the lock file asks for. */
function installedByHand() {
  const hidden = read(path.join(modules, '.package-lock.json'));
  if (!hidden) return false;
  const present = JSON.parse(hidden).packages;
  const wanted = JSON.parse(read(path.join(root, 'package-lock.json'))).packages;
  const differs = Object.keys(wanted).some((key) => {
    if (key === '') return false;
    if (!present[key]) return !wanted[key].optional && !wanted[key].devOptional;
    return present[key].version !== wanted[key].version;
  });
  return !differs && nativeLoads();
}

function npm(args) {
  // Under `npm start` this is the very npm that started us, run with the very Node we run on.
  const own = process.env.npm_execpath;
  if (own && /^npm.*js$/.test(path.basename(own)))
    return run(process.execPath, [own, ...args], { collect: true });
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { collect: true });
}

export async function ensureInstalled() {
  checkNode();
  const key = installKey();
  if (read(installStamp) === key) return;
  if (installedByHand()) {
    fs.writeFileSync(installStamp, key);
    return;
  }
  say(
    compiled
      ? 'Installing packages. SQLite is compiled where no prebuilt binary can be had: about two minutes.'
      : 'Installing packages.',
  );
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!compiled) flags.push('--ignore-scripts');
  const { code, output } = await watched('Installing', () => npm(['ci', ...flags]));
  if (code !== 0) {
    say(output);
    stop('npm ci failed; what it said is above.');
  }
  if (!nativeLoads()) {
    const missing = compiled ? missingTools() : [];
    if (missing.length > 0) {
      stop(
        `The SQLite module could not be built, because this machine lacks ${missing.join(' and ')}. ` +
          'On Debian or Ubuntu: apt-get install g++ make python3',
      );
    }
    stop(
      'The packages are installed, but the SQLite module does not load. `npm ci --foreground-scripts` shows why.',
    );
  }
  fs.writeFileSync(installStamp, key);
}

function* files(target) {
  if (!fs.existsSync(target)) return;
  if (fs.statSync(target).isFile()) {
    yield target;
    return;
  }
  for (const name of fs.readdirSync(target).sort()) {
    if (name !== 'node_modules' && name !== 'dist') yield* files(path.join(target, name));
  }
}

/** All that decides what the compiler emits; specs and the web pages are not part of this build. */
function buildKey() {
  const sources = ['apps', 'libs', 'test/bench', 'test/faults', 'test/support'];
  const settings = ['nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  const hash = createHash('sha256');
  for (const target of sources.concat(settings)) {
    for (const file of files(path.join(root, target))) {
      const name = path.relative(root, file).split(path.sep).join('/');
      if (name.endsWith('.spec.ts') || name.startsWith('apps/web/')) continue;
      hash
        .update(name + '\0')
        .update(fs.readFileSync(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** Builds if the sources changed since the last build; returns false if the compiler refused. */
export async function ensureBuilt(options) {
  const { force = false } = options || {};
  const key = buildKey();
  if (!force && read(buildStamp) === key) return true;
  say('Building.');
  const { code, output } = await watched('Building', () =>
    run(process.execPath, [bin('nest'), 'build'], { collect: true }),
  );
  if (code !== 0) {
    say(output);
    return false;
  }
  // The sources may have moved on while the compiler ran; then the next start builds again.
  fs.writeFileSync(buildStamp, key);
  return true;
}

export async function prepare() {
  await ensureInstalled();
  if (!(await ensureBuilt())) stop('The build failed; what the compiler said is above.');
}
