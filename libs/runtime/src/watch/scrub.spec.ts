import { configFor } from '../config';
import { scrubber } from './scrub';

const scrub = scrubber(
  configFor('/data', {
    mongoUrl: 'mongodb://jejak:geheim%21%22@db-1,db-2/jejak',
    eventStoreUrl: 'esdb://admin:chang@eit@log:2113',
    tracesEndpoint: 'http://collector:4318',
  }),
);

describe('what is taken out of a text', () => {
  it.each([
    ['a connection string', 'cannot open mongodb://jejak:geheim%21%22@db-1,db-2/jejak', 'geheim'],
    ['its password alone', 'authentication with geheim%21%22 failed', 'geheim'],
    ['its password decoded', 'authentication with geheim!" failed', 'geheim'],
    ['its password within JSON', JSON.stringify({ reason: 'not geheim!"' }), 'geheim'],
    ['a password that holds an @', 'not chang@eit', 'eit'],
    ['somebody else’s address', 'http://user:geheim@proxy:3128 refused', 'geheim'],
    ['a token', 'of eyJhbGciOi.eyJzdWIiOiJ.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
    ['a header', 'authorization: Bearer abcdefgh12345678', 'abcdefgh'],
  ])('%s', (_, text, secret) => {
    expect(scrub(text)).toContain('[hidden]');
    expect(scrub(text)).not.toContain(secret);
  });

  it('and nothing else', () => {
    const text = 'Kafka at kafka:9092 is away; see https://example.org/a@b and office@kota.go.id';
    expect(scrub(text)).toBe(text);
    expect(scrubber({})(text)).toBe(text);
  });

  it('leaves a line of JSON one', () => {
    const line = JSON.stringify({ level: 40, reason: 'connect mongodb://jejak:geheim%21%22@db-1/', n: [1] });
    expect(JSON.parse(scrub(line))).toEqual({
      level: 40,
      reason: 'connect mongodb://[hidden]@db-1/',
      n: [1],
    });
  });
});
