import {
  type AccessLogEntry,
  type AccountRecord,
  type Credentials,
  ExternalTaken,
  LoginTaken,
} from '../ports/credentials';
import { type ContractTests, contractTests, type Skips } from './contract';

/** Credentials under test. */
export interface CredentialsFixture {
  /** as they are open now; others after `reopen` */
  readonly credentials: Credentials;
  /** what the adapter's clock says from now on, in milliseconds since 1970 */
  setClock(now: number): void;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Makes credentials that hold nothing. */
export type MakeCredentials = () => Promise<CredentialsFixture>;

const sari: AccountRecord = {
  subject: 'u-1',
  login: 'Sari.Wulan',
  name: 'Sari Wulan',
  passwordHash: '$scrypt$a',
};
const budi: AccountRecord = { subject: 'u-2', login: 'budi' };
const NOON = Date.parse('2023-06-12T12:00:00.000Z');
const token = (digest: string, family = 'f-1', subject = 'u-1', expiresAt = '2023-07-12T12:00:00.000Z') => ({
  digest,
  subject,
  family,
  expiresAt,
  used: false,
});

/** Everything that the port Credentials promises, for any adapter. */
export function credentialsContract(name: string, make: MakeCredentials, skips: Skips = {}): void {
  describe(`the credentials of ${name}`, () => {
    let fixture: CredentialsFixture;
    let credentials: Credentials;
    beforeEach(async () => {
      fixture = await make();
      fixture.setClock(NOON);
      credentials = fixture.credentials;
    });
    afterEach(() => fixture.close());

    const tests: ContractTests = {
      'an account is found by its login, whatever the case, and by its subject': async () => {
        await credentials.save(sari);
        await credentials.save(budi);
        expect(await credentials.byLogin('sari.wulan')).toEqual(sari);
        expect(await credentials.byLogin('SARI.WULAN')).toEqual(sari);
        expect(await credentials.bySubject('u-2')).toEqual(budi);
        expect(await credentials.byLogin('nobody')).toBeUndefined();
        expect(await credentials.byLogin('')).toBeUndefined();
        expect(await credentials.bySubject('U-1')).toBeUndefined();
        expect(await credentials.accounts()).toEqual([sari, budi]);
      },

      'a login is taken whatever its case and way of writing accents': async () => {
        await credentials.save({ ...sari, login: 'Ren\u00e9e' });
        for (const login of ['ren\u00e9e', 'REN\u00c9E', 'Rene\u0301e']) {
          await expect(credentials.save({ ...budi, login })).rejects.toThrow(LoginTaken);
          expect((await credentials.byLogin(login))?.subject).toBe('u-1');
        }
        await credentials.save({ ...budi, login: 'Renee' });
        await expect(credentials.save({ ...budi, login: 'REN\u00c9E' })).rejects.toThrow(LoginTaken);
        expect(await credentials.bySubject('u-2')).toEqual({ ...budi, login: 'Renee' });
      },

      'of many who want one login at once, one gets it': async () => {
        const attempts = Array.from({ length: 20 }, (_, n) =>
          credentials.save({ subject: `u-${String(n)}`, login: n % 2 === 0 ? 'office' : 'OFFICE' }),
        );
        const settled = await Promise.allSettled(attempts);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const one of settled) {
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LoginTaken);
        }
        expect(await credentials.accounts()).toHaveLength(1);
      },

      'saving again changes the account, and sets its old login free': async () => {
        await credentials.save(sari);
        await credentials.save({ subject: 'u-1', login: 'SARI' });
        expect(await credentials.bySubject('u-1')).toEqual({ subject: 'u-1', login: 'SARI' });
        expect(await credentials.byLogin('sari.wulan')).toBeUndefined();
        await credentials.save({ ...budi, login: 'sari.wulan' });
        expect((await credentials.byLogin('sari.wulan'))?.subject).toBe('u-2');
      },

      'a password is put in place of the one that is meant, and changes nothing else': async () => {
        await credentials.save(sari);
        await credentials.save(budi);
        expect(await credentials.setPassword('u-1', '$scrypt$b', '$scrypt$z')).toBe(false);
        expect(await credentials.setPassword('u-1', '$scrypt$b', undefined)).toBe(false);
        expect(await credentials.bySubject('u-1')).toEqual(sari);
        expect(await credentials.setPassword('u-1', '$scrypt$b', '$scrypt$a')).toBe(true);
        expect(await credentials.bySubject('u-1')).toEqual({ ...sari, passwordHash: '$scrypt$b' });
        expect(await credentials.setPassword('u-2', '$scrypt$c', undefined)).toBe(true);
        expect(await credentials.bySubject('u-2')).toEqual({ ...budi, passwordHash: '$scrypt$c' });
        expect(await credentials.setPassword('u-3', '$scrypt$d', undefined)).toBe(false);
        expect(await credentials.bySubject('u-3')).toBeUndefined();
      },

      'of many who change one password at once, one does': async () => {
        await credentials.save(sari);
        const changes = Array.from({ length: 20 }, (_, n) =>
          credentials.setPassword('u-1', `$scrypt$${String(n)}`, '$scrypt$a'),
        );
        expect((await Promise.all(changes)).filter(Boolean)).toHaveLength(1);
      },

      'who is forgotten gets no password any more': async () => {
        await credentials.save(sari);
        await credentials.forget('u-1');
        for (const expected of ['$scrypt$a', undefined])
          expect(await credentials.setPassword('u-1', '$scrypt$b', expected)).toBe(false);
        expect(await credentials.bySubject('u-1')).toEqual({ subject: 'u-1', login: '' });
      },

      'an account is found by its external identity, whose issuer and subject count to the letter':
        async () => {
          const external = { issuer: 'https://sso.example.go.id/realms/kota', subject: 'uid=Sari, ou=orang' };
          await credentials.save({ ...sari, external });
          await credentials.save(budi);
          expect(await credentials.byExternal(external)).toEqual({ ...sari, external });
          expect(await credentials.bySubject('u-1')).toEqual({ ...sari, external });
          expect(await credentials.accounts()).toEqual([{ ...sari, external }, budi]);
          for (const other of [
            { ...external, subject: 'uid=sari, ou=orang' },
            { ...external, issuer: `${external.issuer}/` },
            { issuer: '', subject: '' },
          ])
            expect(await credentials.byExternal(other)).toBeUndefined();
          await credentials.save(sari);
          expect(await credentials.byExternal(external)).toBeUndefined();
          await fixture.reopen();
          await fixture.credentials.save({ ...budi, external });
          expect((await fixture.credentials.byExternal(external))?.subject).toBe('u-2');
        },

      'an external identity is set and taken away, and changes nothing else': async () => {
        const [external, other] = ['1', '2'].map((n) => ({ issuer: 'https://sso', subject: `person-${n}` }));
        await credentials.save(sari);
        expect(await credentials.setExternal('u-1', external)).toBe(true);
        expect(await credentials.setExternal('u-1', external)).toBe(true);
        expect(await credentials.bySubject('u-1')).toEqual({ ...sari, external });
        expect(await credentials.setPassword('u-1', '$scrypt$b', '$scrypt$a')).toBe(true);
        expect(await credentials.setExternal('u-1', other)).toBe(true);
        expect(await credentials.byExternal(external!)).toBeUndefined();
        expect(await credentials.byExternal(other!)).toEqual({
          ...sari,
          passwordHash: '$scrypt$b',
          external: other,
        });
        expect(await credentials.setExternal('u-1', undefined)).toBe(true);
        expect(await credentials.bySubject('u-1')).toEqual({ ...sari, passwordHash: '$scrypt$b' });
        expect(await credentials.setExternal('u-3', external)).toBe(false);
        expect(await credentials.bySubject('u-3')).toBeUndefined();
      },

      'an external identity is one account’s only, also where many want it at once': async () => {
        const external = { issuer: 'https://sso', subject: 'person' };
        await credentials.save({ ...sari, external });
        await credentials.save(budi);
        await expect(credentials.setExternal('u-2', external)).rejects.toThrow(ExternalTaken);
        await expect(credentials.save({ ...budi, external })).rejects.toThrow(ExternalTaken);
        expect(await credentials.bySubject('u-2')).toEqual(budi);
        await credentials.setExternal('u-1', undefined);
        for (let n = 0; n < 20; n++)
          await credentials.save({ subject: `u-${String(n)}`, login: `l${String(n)}` });
        const settled = await Promise.allSettled(
          Array.from({ length: 20 }, (_, n) => credentials.setExternal(`u-${String(n)}`, external)),
        );
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const one of settled) {
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(ExternalTaken);
        }
      },

      'who is forgotten has no external identity any more, and gets none': async () => {
        const external = { issuer: 'https://sso', subject: 'person' };
        await credentials.save({ ...sari, external });
        await credentials.forget('u-1');
        expect(await credentials.byExternal(external)).toBeUndefined();
        expect(await credentials.setExternal('u-1', external)).toBe(false);
        expect(await credentials.bySubject('u-1')).toEqual({ subject: 'u-1', login: '' });
        await credentials.save({ ...budi, external });
        expect((await credentials.byExternal(external))?.subject).toBe('u-2');
      },

      'names are given for those who have one': async () => {
        await credentials.save(sari);
        await credentials.save(budi);
        expect(await credentials.names(['u-1', 'u-2', 'u-3', 'u-1'])).toEqual(
          new Map([['u-1', 'Sari Wulan']]),
        );
        expect(await credentials.names([])).toEqual(new Map());
      },

      'who is forgotten has a subject only, and cannot sign in': async () => {
        await credentials.save(sari);
        await credentials.save(budi);
        await credentials.saveRefresh(token('d-1'));
        await credentials.saveRefresh(token('d-2', 'f-2', 'u-2'));
        await credentials.forget('u-1');
        await credentials.forget('nobody');
        expect(await credentials.bySubject('u-1')).toEqual({ subject: 'u-1', login: '' });
        expect(await credentials.byLogin('sari.wulan')).toBeUndefined();
        expect(await credentials.byLogin('')).toBeUndefined();
        expect(await credentials.names(['u-1'])).toEqual(new Map());
        expect(await credentials.useRefresh('d-1')).toBeUndefined();
        expect(await credentials.useRefresh('d-2')).toEqual(token('d-2', 'f-2', 'u-2'));
        await credentials.forget('u-2');
        expect(await credentials.accounts()).toEqual([
          { subject: 'u-1', login: '' },
          { subject: 'u-2', login: '' },
        ]);
        for (const forgotten of await credentials.accounts()) await credentials.save(forgotten);
        await credentials.save({ subject: 'u-3', login: 'Sari.Wulan' });
        expect((await credentials.byLogin('sari.wulan'))?.subject).toBe('u-3');
      },

      'a refresh token is used once, and tells of later uses': async () => {
        await credentials.saveRefresh(token('d-1'));
        expect(await credentials.useRefresh('d-0')).toBeUndefined();
        expect(await credentials.useRefresh('d-1')).toEqual(token('d-1'));
        expect(await credentials.useRefresh('d-1')).toEqual({ ...token('d-1'), used: true });
      },

      'of many who use one refresh token at once, one is the first': async () => {
        await credentials.saveRefresh(token('d-1'));
        const uses = await Promise.all(Array.from({ length: 30 }, () => credentials.useRefresh('d-1')));
        expect(uses.filter((use) => use?.used === false)).toHaveLength(1);
        expect(uses.filter((use) => use?.used === true)).toHaveLength(29);
      },

      'a sign-in goes on until it is ended, or all of its subject are': async () => {
        await credentials.saveRefresh(token('d-1', 'f-1'));
        await credentials.saveRefresh(token('d-2', 'f-1'));
        await credentials.saveRefresh(token('d-3', 'f-2'));
        await credentials.saveRefresh(token('d-4', 'f-3', 'u-2'));
        await credentials.useRefresh('d-1');
        expect(await credentials.familyLives('f-0')).toBe(false);
        expect(await credentials.familyLives('f-1')).toBe(true);
        await credentials.endFamily('f-1');
        expect(await credentials.familyLives('f-1')).toBe(false);
        expect(await credentials.useRefresh('d-1')).toBeUndefined();
        expect(await credentials.useRefresh('d-2')).toBeUndefined();
        expect(await credentials.familyLives('f-2')).toBe(true);
        await credentials.endSubject('u-1');
        expect(await credentials.familyLives('f-2')).toBe(false);
        expect(await credentials.useRefresh('d-3')).toBeUndefined();
        expect(await credentials.useRefresh('d-4')).toEqual(token('d-4', 'f-3', 'u-2'));
      },

      'a further token is kept only while the sign-in goes on': async () => {
        expect(await credentials.renewRefresh(token('d-0', 'f-0'))).toBe(false);
        expect(await credentials.familyLives('f-0')).toBe(false);
        await credentials.saveRefresh(token('d-1', 'f-1'));
        await credentials.useRefresh('d-1');
        expect(await credentials.renewRefresh(token('d-2', 'f-1'))).toBe(true);
        expect(await credentials.useRefresh('d-2')).toEqual(token('d-2', 'f-1'));
        await credentials.endSubject('u-1');
        expect(await credentials.renewRefresh(token('d-3', 'f-1'))).toBe(false);
        expect(await credentials.useRefresh('d-3')).toBeUndefined();
        expect(await credentials.familyLives('f-1')).toBe(false);
      },

      'a further token that races the end of its sign-in is ended with it': async () => {
        for (let n = 0; n < 20; n++) {
          const family = `f-${String(n)}`;
          await credentials.saveRefresh(token(`first-${family}`, family));
          await Promise.all(
            [0, 1, 2, 3, 4].map((each) =>
              each === n % 5
                ? credentials.endFamily(family)
                : credentials.renewRefresh(token(`${String(each)}-${family}`, family)),
            ),
          );
          expect(await credentials.familyLives(family)).toBe(false);
        }
      },

      'a used token is remembered until it would have ended, and a sign-in ends with its last token':
        async () => {
          await credentials.saveRefresh(token('d-1', 'f-1', 'u-1', '2023-06-12T13:00:00.000Z'));
          await credentials.useRefresh('d-1');
          fixture.setClock(NOON + 59 * 60_000);
          await credentials.saveRefresh(token('d-2', 'f-2'));
          expect((await credentials.useRefresh('d-1'))?.used).toBe(true);
          fixture.setClock(NOON + 61 * 60_000);
          await credentials.saveRefresh(token('d-3', 'f-3'));
          expect(await credentials.familyLives('f-1')).toBe(false);
          expect(await credentials.familyLives('f-2')).toBe(true);
        },

      'a secret is made once, and kept': async () => {
        let made = 0;
        const make = () => Buffer.from([0, 255, ++made]);
        const all = await Promise.all(
          Array.from({ length: 10 }, () => credentials.secret('token-key', make)),
        );
        for (const one of all) expect(Buffer.compare(one, all[0]!)).toBe(0);
        const other = await credentials.secret('other', () => Buffer.alloc(64, 7));
        expect(Buffer.compare(other, Buffer.alloc(64, 7))).toBe(0);
        await fixture.reopen();
        const kept = await fixture.credentials.secret('token-key', () => Buffer.from('another'));
        expect(Buffer.compare(kept, all[0]!)).toBe(0);
      },

      'the access log is read from its newest end, by programme, page by page': async () => {
        const entry = (n: number): AccessLogEntry => ({
          at: `2023-06-12T00:00:0${String(n)}.000Z`,
          kind: n % 3 === 0 ? 'sign-in' : n % 3 === 1 ? 'export' : 'refused',
          ...(n % 2 === 0 && { subject: 'u-1' }),
          ...(n % 3 !== 0 && { programme: n < 5 ? 'malang.2023' : 'batu.2023' }),
          detail: `entry ${String(n)}`,
        });
        for (let n = 0; n < 9; n++) await credentials.logAccess(entry(n));
        const all = await credentials.accessLog({ limit: 100 });
        expect(all.map(({ id: _id, ...rest }) => rest)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map(entry));
        const first = await credentials.accessLog({ limit: 4 });
        expect(first).toEqual(all.slice(0, 4));
        expect(await credentials.accessLog({ limit: 4, before: first[3]!.id })).toEqual(all.slice(4, 8));
        const details = async (programme: string, limit = 10) =>
          (await credentials.accessLog({ programme, limit })).map(({ detail }) => detail);
        expect(await details('malang.2023')).toEqual(['entry 4', 'entry 2', 'entry 1']);
        expect(await details('batu.2023', 2)).toEqual(['entry 8', 'entry 7']);
        expect(await details('nowhere.2023')).toEqual([]);
      },

      'everything is there after a restart': async () => {
        await credentials.save(sari);
        await credentials.saveRefresh(token('d-1'));
        await credentials.useRefresh('d-1');
        await credentials.logAccess({
          at: '2023-06-12T00:00:00.000Z',
          kind: 'sign-in',
          subject: 'u-1',
          detail: '',
        });
        await fixture.reopen();
        credentials = fixture.credentials;
        expect(await credentials.byLogin('SARI.wulan')).toEqual(sari);
        expect((await credentials.useRefresh('d-1'))?.used).toBe(true);
        expect(await credentials.accessLog({ limit: 9 })).toHaveLength(1);
      },
    };
    contractTests(tests, skips);
  });
}
