import fs from 'node:fs';
import path from 'node:path';
import { BadConfig, configFor, readConfig, settingsTable } from './config';

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
});
