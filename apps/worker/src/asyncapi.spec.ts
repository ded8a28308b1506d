import { schemasWithoutId } from '@asyncapi/specs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fs from 'node:fs';
import path from 'node:path';
import { asyncApiText } from './asyncapi';

const COMMITTED = path.resolve(__dirname, '../asyncapi.json');

interface Document {
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object; readonly headers: object }>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

describe('the AsyncAPI document', () => {
  const text = asyncApiText();
  const document = JSON.parse(text) as Document;

  it('is the one that is committed (node dist/apps/worker/src/main.js --asyncapi > apps/worker/asyncapi.json)', () => {
    expect(text).toBe(fs.readFileSync(COMMITTED, 'utf8'));
  });

  /** What the schema of AsyncAPI 3.0 finds wrong. */
  const wrongWith = (given: unknown): unknown => {
    const ajv = addFormats(new Ajv({ strict: false }));
    const validate = ajv.compile(schemasWithoutId['3.0.0'] as object);
    return validate(given) ? undefined : validate.errors;
  };

  it('is one of AsyncAPI 3.0, and the check sees what is not', () => {
    expect(wrongWith(document)).toBeUndefined();
    expect(wrongWith({ ...document, operations: { x: { action: 'publish' } } })).toBeDefined();
    expect(wrongWith({ ...document, surprise: 1 })).toBeDefined();
  });

  it('leads nowhere that is not there', () => {
    const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, where = '']) => where);
    expect(references.length).toBeGreaterThan(50);
    for (const where of new Set(references)) {
      const found = where
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
      expect([where, typeof found]).toEqual([where, 'object']);
    }
  });

  it('describes the bodies that are taken, and no command of accounts or of the software itself', () => {
    const { messages } = document.components;
    const ajv = addFormats(new Ajv({ strict: false }));
    const disburse = ajv.compile(messages['budget.DisburseBudget']?.payload ?? false);
    const body = { occurredOn: '2023-06-01', amount: 1, document: { kind: 'sp2d', number: '1' } };
    expect(disburse(body)).toBe(true);
    expect(disburse({ ...body, amount: '1' })).toBe(false);
    expect(disburse({ ...body, surprise: 1 })).toBe(false);
    expect(Object.keys(messages).filter((name) => /^account|Seal|Remind/.test(name))).toEqual([]);
  });
});
