// One Kafka broker that is its own controller (KRaft), small and quick: for tests and for trying things out.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { freePort, launch } from './processes.mjs';
import { classPath, kafkaData, provision } from './provision.mjs';

const JVM = ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xss512k'];

const KEYSTORE = ['keystore.p12', 'of-a-test'];

/** A listener beside the other, with TLS and a password (SASL/PLAIN), where clients are to come so. */
function secured(directory, { user, password }) {
  const of = 'listener.name.secure';
  const [name, secret] = KEYSTORE;
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    [`${of}.sasl.enabled.mechanisms`]: 'PLAIN',
    [`${of}.plain.sasl.jaas.config`]: `${login} user_${user}="${password}";`,
    [`${of}.ssl.keystore.location`]: path.join(directory, name),
    [`${of}.ssl.keystore.type`]: 'PKCS12',
    [`${of}.ssl.keystore.password`]: secret,
  };
}

/** A key of the broker's own, and its certificate in `ca.pem`. */
function makeKey(directory) {
  const [name, secret] = KEYSTORE;
  const file = path.join(directory, name);
  if (fs.existsSync(file)) return;
  const store = ['-alias', 'broker', '-keystore', file, '-storetype', 'PKCS12', '-storepass', secret];
  const named = ['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1', '-validity', '2'];
  const run = (...args) => execFileSync('keytool', args, { stdio: 'pipe' });
  run('-genkeypair', '-keyalg', 'EC', ...store, ...named);
  run('-exportcert', '-rfc', ...store, '-file', path.join(directory, 'ca.pem'));
}

function properties(directory, port, controller, advertised) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertised}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(directory, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 8388608,
    // A broker that was killed is known to be gone, and may come back, this soon.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
  };
}

/**
 * Starts a broker; it has answered when this resolves.
 *
 * @param options port; the advertised port where clients are to come through a proxy; `secure`, a user and his password
 *   with a colon between them, where they are to come by TLS: the address is that of the listener that takes them
 */
export async function startKafka(directory, options) {
  await provision();
  try {
    return await launchBroker(directory, options);
  } catch (error) {
    // Somebody may have taken the free port before the broker did.
    if (options.port !== undefined) throw error;
    return launchBroker(directory, options);
  }
}

async function launchBroker(directory, options) {
  const port = options.port ?? (await freePort());
  const config = path.join(directory, 'kafka.properties');
  fs.mkdirSync(directory, { recursive: true });
  const settings = properties(directory, port, await freePort(), options.advertisedPort ?? port);
  const secure = options.secure === undefined ? undefined : await freePort();
  if (secure !== undefined) {
    const [user, password] = options.secure.split(':');
    makeKey(directory);
    Object.assign(settings, secured(directory, { user, password }));
    settings['listener.security.protocol.map'] += ',SECURE:SASL_SSL';
    for (const name of ['listeners', 'advertised.listeners'])
      settings[name] += `,SECURE://127.0.0.1:${secure}`;
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  fs.writeFileSync(config, lines.join(''));
  const data = path.join(directory, 'data');
  if (!fs.existsSync(data)) fs.cpSync(kafkaData, data, { recursive: true });
  const args = [...JVM, '-cp', classPath, 'kafka.Kafka', config];
  const { pid } = await launch(directory, 'java', args, () => brokers(port));
  return { pid, port, address: `127.0.0.1:${secure ?? options.advertisedPort ?? port}` };
}

/** Asks for the cluster's metadata (version 5 of request 3): a number when at least one broker is in it. */
function brokers(port) {
  const request = Buffer.from('0000001300030005000000010003796573ffffffff00', 'hex');
  request.writeInt32BE(request.length - 4, 0);
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    let answer = Buffer.alloc(0);
    const done = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(1000, () => done(undefined));
    socket.on('error', () => done(undefined));
    socket.on('close', () => done(undefined));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      // Size, correlation, throttle time, then how many brokers there are.
      if (answer.length >= 16) done(answer.readInt32BE(12) || undefined);
    });
  });
}
