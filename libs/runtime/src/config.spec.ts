import fs from 'node:fs';
import path from 'node:path';
import { BadConfig, configFor, readConfig, SETTINGS, settingsTable } from './config';

const README = path.resolve(__dirname, '../../../README.md');

describe('the configuration', () => {
  it('is told whole in the README', () => {
    const plain = (text: string): string => text.replace(/-+/g, '-').replace(/[ \t]+/g, ' ');
    const readme = plain(fs.readFileSync(README, 'utf8'));
    for (const row of plain(settingsTable()).trim().split('\n')) expect(readme).toContain(row);
  });

  it('has a default for everything, and the directory as a whole path', () => {
    const { config, warnings } = readConfig({});
    expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', production: false });
    expect(path.isAbsolute(config.dataDirectory)).toBe(true);
    expect(warnings).toEqual([]);
    expect(configFor('/somewhere', { port: 1 })).toMatchObject({ dataDirectory: '/somewhere', port: 1 });
  });

  it('names every bad value in a sentence', () => {
    const bad = (): unknown => readConfig({ PORT: 'http', JEJAK_SAMPLE: 'maybe', JEJAK_BODY_BYTES: '-1' });
    expect(bad).toThrow(BadConfig);
    expect(bad).toThrow(/PORT is "http"[\s\S]*JEJAK_SAMPLE is "maybe"[\s\S]*JEJAK_BODY_BYTES is "-1"/);
  });

  it('takes an empty value for none, and says which variables it does not know', () => {
    const { config, warnings } = readConfig({ PORT: '', JEJAK_PROT: '1', OTHER: '2' });
    expect(config.port).toBe(3000);
    expect(warnings).toEqual(['JEJAK_PROT is set, but Jejak knows no such variable.']);
  });

  it('reads what is set', () => {
    const { config } = readConfig({
      PORT: '0',
      NODE_ENV: 'production',
      JEJAK_DATA: '/var/lib/jejak',
      JEJAK_SAMPLE: 'no',
      JEJAK_LOG_LEVEL: 'info',
    });
    expect(config).toMatchObject({ port: 0, production: true, sample: false, logLevel: 'info' });
    expect(config.dataDirectory).toBe('/var/lib/jejak');
  });

  it('watches nothing unless it is asked to', () => {
    expect(readConfig({}).config).toMatchObject({ healthPort: undefined, tracesEndpoint: '' });
    const set = { JEJAK_HEALTH_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318' };
    expect(readConfig(set).config).toMatchObject({ healthPort: 0, tracesEndpoint: 'https://collector:4318' });
    expect(() => readConfig({ JEJAK_HEALTH_PORT: '70000' })).toThrow('a whole number from 0 to 65535');
  });

  it('does not repeat a value that may hold a password, wherever it was put', () => {
    const bad = (): unknown => readConfig({ KAFKA_BROKERS: 'user:password@kafka:9092' });
    expect(bad).toThrow(/^KAFKA_BROKERS is not what it may be; it must be host:port/);
  });

  it.each([
    ['no', 0],
    ['yes', 1],
    ['2', 2],
  ])('trusts as many proxies as %s says', (word, proxies) => {
    expect(readConfig({ JEJAK_TRUST_PROXY: word }).config.trustProxy).toBe(proxies);
  });

  it.each([
    ['JEJAK_TRUST_PROXY', '127.0.0.1', 'yes, no, or how many proxies (0 to 9)'],
    ['PORT', '70000', 'a whole number from 0 to 65535'],
    ['JEJAK_SAMPLE', 'YES', 'yes or no'],
    ['JEJAK_STOP_SECONDS', '1.5', 'a whole number from 1 to 600'],
    ['JEJAK_STOP_SECONDS', ' 5', 'a whole number from 1 to 600'],
    ['JEJAK_LOG_LEVEL', 'loud', 'fatal, error, warn, info, debug, trace or silent'],
  ])('does not take %s for %p: it must be %s', (variable, value, rule) => {
    const read = (): unknown => readConfig({ [variable]: value });
    expect(read).toThrow(new BadConfig(`${variable} is "${value}"; it must be ${rule}.`));
  });

  it('asks for the three servers of an installation on many machines, and never tells a password', () => {
    const urls = { EVENTSTORE_URL: 'esdb://admin:geheim@es:2113', MONGODB_URL: 'mongodb://j:geheim@db' };
    const whole = { JEJAK_MODE: 'distributed', KAFKA_BROKERS: 'a:9092,b:9092', ...urls };
    expect(readConfig(whole).config).toMatchObject({
      mode: 'distributed',
      kafkaBrokers: ['a:9092', 'b:9092'],
    });
    const without = (): unknown => readConfig({ ...whole, EVENTSTORE_URL: '' });
    expect(without).toThrow(new BadConfig('JEJAK_MODE is distributed: set EVENTSTORE_URL, too.'));
    const wrong = (): unknown => readConfig({ ...whole, MONGODB_URL: 'postgres://j:geheim@db' });
    expect(wrong).toThrow(
      /^MONGODB_URL is not what it may be; it must be an address that begins with mongodb:/,
    );
    expect(wrong).not.toThrow(/geheim/);
    expect(() => readConfig({ ...whole, KAFKA_BROKERS: 'broker' })).toThrow(/host:port/);
  });

  it('takes for an identity provider only an address that nobody on the way can change', () => {
    const issuer = (value: string): unknown => readConfig({ JEJAK_OIDC_ISSUER: value }).config.oidcIssuer;
    for (const good of [
      'https://sso.kota.go.id/realms/pemkot',
      'https://sso.kota.go.id/',
      'http://127.0.0.1:4000',
      'http://localhost:8080/realms/x',
      'http://[::1]:1',
    ])
      expect(issuer(good)).toBe(good);
    for (const bad of [
      'http://sso.kota.go.id',
      'http://127.0.0.1.evil.test',
      'https://user:pass@sso.kota.go.id',
      'https://sso.kota.go.id?x=1',
      'https://sso.kota.go.id/#a',
      'sso.kota.go.id',
      'file:///etc/passwd',
    ])
      expect(() => issuer(bad)).toThrow(
        /^JEJAK_OIDC_ISSUER is .*; it must be an address that begins with https/,
      );
    const none = (): unknown => readConfig({ JEJAK_LOCAL_SIGN_IN: 'no' });
    expect(none).toThrow(
      new BadConfig('JEJAK_LOCAL_SIGN_IN is no: set JEJAK_OIDC_ISSUER, too, or nobody can sign in.'),
    );
    const same = 'https://sso.kota.go.id';
    expect(() => readConfig({ JEJAK_ISSUER: same, JEJAK_OIDC_ISSUER: same })).toThrow(/are the same/);
  });

  it('describes every variable once, with a default that can be used', () => {
    const settings = Object.values(SETTINGS);
    expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length);
    for (const { fallback, schema } of settings) expect(schema.safeParse(fallback).success).toBe(true);
  });
});
