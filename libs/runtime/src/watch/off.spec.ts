import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { programArguments } from '../../../../test/support/program';

/** What a process has loaded of the libraries that watch, once it has opened what the environment asks for. */
function loaded(environment: Readonly<Record<string, string>>): readonly string[] {
  const [, register = ''] = programArguments('none');
  const source = `
    const { readConfig } = require(${JSON.stringify(path.resolve(__dirname, '../config.ts'))});
    const { openWatch } = require(${JSON.stringify(path.resolve(__dirname, 'index.ts'))});
    const { wire } = require(${JSON.stringify(path.resolve(__dirname, '../wire.ts'))});
    const watch = openWatch(readConfig(process.env).config, 'api');
    const found = Object.keys(require.cache).flatMap((file) => /node_modules.(@opentelemetry.sdk-trace-node|prom-client)/.exec(file)?.[1] ?? []);
    console.log(JSON.stringify([...new Set(found)].sort()));
    void watch.close();
    if (typeof wire !== 'function') throw new Error('nothing was loaded');`;
  const env = { PATH: process.env.PATH ?? '', ...environment };
  return JSON.parse(
    execFileSync(process.execPath, ['-r', register, '-e', source], { env, encoding: 'utf8' }),
  ) as string[];
}

describe('the libraries that watch', () => {
  it('are loaded where they are asked for, and not where they are not', () => {
    expect(loaded({})).toEqual([]);
    expect(loaded({ JEJAK_HEALTH_PORT: '0' })).toEqual(['prom-client']);
    expect(loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toEqual([
      '@opentelemetry/sdk-trace-node',
    ]);
  });
});
