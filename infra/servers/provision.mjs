// What the Java servers are made of: jars from the Java package registry, in a folder that git ignores.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { locked } from './processes.mjs';

export const here = path.dirname(fileURLToPath(import.meta.url));
const pom = path.join(here, 'pom.xml');
const launcher = path.join(here, 'Launcher.java');
const recipe = [pom, launcher, fileURLToPath(import.meta.url)];
const key = recipe.reduce((hash, file) => hash.update(fs.readFileSync(file)), createHash('sha256'));

// One folder for each recipe: servers that run from another one are left alone.
const provided = path.join(here, 'provided');
const folder = path.join(provided, key.digest('hex').slice(0, 12));
const jars = path.join(folder, 'jars');
const classes = path.join(folder, 'classes');
const stamp = path.join(folder, 'ready');

const KAFKA_JAVA = 17;
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const INSTALL = 'On Debian or Ubuntu: apt-get install default-jdk-headless maven';

/** The class path of the Java servers, our launcher among them. */
export const classPath = [path.join(jars, '*'), classes].join(path.delimiter);

/** A data directory of Kafka as it is before the first start. */
export const kafkaData = path.join(folder, 'kafka-data');

export class Missing extends Error {}

const isProvided = () => fs.existsSync(stamp);

/** The sentence that says what this machine lacks for the Java servers; undefined where it lacks nothing. */
export function lacks() {
  const { status, stdout, stderr } = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (status !== 0) {
    return `This machine has no Java development kit (javac), which Kafka and the MongoDB-compatible server need. ${INSTALL}`;
  }
  const version = /javac (\d+)/.exec(stdout + stderr)?.[1];
  if (Number(version) < KAFKA_JAVA) {
    return `Kafka needs Java ${KAFKA_JAVA} or newer; this machine has Java ${version}. ${INSTALL}`;
  }
  if (!isProvided() && spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return `This machine has no mvn, which fetches Kafka and the MongoDB-compatible server. ${INSTALL}`;
  }
  return undefined;
}

/** Fetches the jars, unless they are there. */
export async function provision() {
  const lacking = lacks();
  if (lacking !== undefined) throw new Missing(lacking);
  if (isProvided()) return;
  fs.mkdirSync(provided, { recursive: true });
  await locked(path.join(provided, 'lock'), async () => {
    if (isProvided()) return;
    process.stderr.write('Fetching Kafka and the MongoDB-compatible server: 50 MB.\n');
    fs.rmSync(folder, { recursive: true, force: true });
    const copy = [COPY, '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
    await tool('mvn', ['-B', '-q', '-f', pom, ...copy]);
    await tool('javac', ['-cp', classPath, '-d', classes, launcher]);
    await tool('java', ['-cp', classPath, ...formatting()]);
    fs.writeFileSync(stamp, '');
  });
}

/** Kafka's own tool, which writes what a data directory must have; the ports that it asks for do not matter. */
function formatting() {
  const config = path.join(folder, 'format.properties');
  const settings = [
    'process.roles=broker,controller',
    'node.id=1',
    'controller.quorum.voters=1@127.0.0.1:2',
    'listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${kafkaData}`,
  ];
  fs.writeFileSync(config, settings.join('\n'));
  return ['kafka.tools.StorageTool', 'format', '-t', 'amVqYWstdGVzdC1rYWZrYQ', '-c', config];
}

/** Runs a program to its end; throws what it printed where it fails. */
function tool(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}:\n${output}`)),
    );
  });
}
