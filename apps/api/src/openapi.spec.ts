import fs from 'node:fs';
import path from 'node:path';
import { openApiText } from './write-openapi';

const COMMITTED = path.resolve(__dirname, '../openapi.json');

describe('the API document', () => {
  let text: string;
  beforeAll(async () => {
    text = await openApiText();
  });

  it('is the one that is committed (node dist/apps/api/src/main.js --openapi > apps/api/openapi.json)', () => {
    expect(JSON.parse(text)).toEqual(JSON.parse(fs.readFileSync(COMMITTED, 'utf8')));
    expect(text).toBe(fs.readFileSync(COMMITTED, 'utf8'));
  });

  it('names every operation once, and describes every part of a path', () => {
    const { paths } = JSON.parse(text) as {
      paths: Record<
        string,
        Record<string, { operationId: string; parameters: { in: string; name: string }[] }>
      >;
    };
    const operations = Object.entries(paths).flatMap(([route, methods]) =>
      Object.values(methods).map((operation) => ({ route, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { route, operation } of operations) {
      const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      const described = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name);
      expect(described.sort()).toEqual(named);
    }
  });
});
