import {
  type AccessLogEntry,
  type AccountRecord,
  type Clock,
  type Credentials,
  type ExternalIdentity,
  externalKey,
  externalOf,
  ExternalTaken,
  foldLogin,
  isoMoment,
  LoginTaken,
  type RefreshRecord,
} from '@jejak/core';
import { type Connection, type Model, type mongo } from 'mongoose';
import { asPort, isDuplicate, modelOf, type MongoConnection } from './connection';
import {
  ACCESS,
  ACCOUNT,
  type Account,
  COUNTER,
  type Counter,
  type LoggedAccess,
  SECRET,
  type Secret,
  SIGN_IN,
  type SignIn,
  TOKEN,
  type Token,
} from './credentials-documents';
import { bytesOf } from './packed';

export interface MongoCredentialsOptions {
  /** refresh tokens that have ended by it are thrown away; the machine's clock when undefined */
  readonly clock?: Clock;
}

/** Accounts, sign-ins, secrets and the access log of many machines, in MongoDB. */
export class MongoCredentials implements Credentials {
  private readonly people: Model<Account>;
  private readonly signIns: Model<SignIn>;
  private readonly tokens: Model<Token>;
  private readonly secrets: Model<Secret>;
  private readonly accesses: Model<LoggedAccess>;
  private readonly counters: Model<Counter>;

  private constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    const unique = { unique: true, sparse: true } as const;
    const indexes = [[{ folded: 1 }, unique] as const, [{ external: 1 }, unique] as const];
    this.people = modelOf(connection, 'accounts', ACCOUNT, indexes);
    this.signIns = modelOf(connection, 'sign-ins', SIGN_IN, [[{ subject: 1 }], [{ endsAt: 1 }]]);
    this.tokens = modelOf(connection, 'tokens', TOKEN, [[{ family: 1 }], [{ expiresAt: 1 }]]);
    this.secrets = modelOf(connection, 'secrets', SECRET);
    this.accesses = modelOf(connection, 'accesses', ACCESS, [[{ programme: 1, _id: -1 }]]);
    this.counters = modelOf(connection, 'counters', COUNTER);
  }

  /**
   * Makes the indexes where there are none.
   *
   * @param mongo stays open until its opener closes it
   * @throws StoreUnavailable, as every method does
   */
  static open(
    { connection }: MongoConnection,
    { clock = Date.now }: MongoCredentialsOptions = {},
  ): Promise<MongoCredentials> {
    return asPort(async () => {
      const opened = new MongoCredentials(connection, clock);
      const { people, signIns, tokens, accesses } = opened;
      await Promise.all([people, signIns, tokens, accesses].map((model) => model.createIndexes()));
      return opened;
    });
  }

  save(account: AccountRecord): Promise<void> {
    const { subject, login, name, passwordHash, external } = account;
    const replacement = {
      login,
      ...(login !== '' && { folded: foldLogin(login) }),
      ...(name !== undefined && { name }),
      ...(passwordHash !== undefined && { passwordHash }),
      ...(external !== undefined && { external: externalKey(external) }),
    };
    return asPort(async () => {
      try {
        await this.people.replaceOne({ _id: subject }, replacement, { upsert: true });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const holder = await this.byLogin(login);
        if (holder !== undefined && holder.subject !== subject)
          throw new LoginTaken(`the login ${login} is taken`);
        if (external !== undefined) await this.mustBeFree(external, subject);
        // Another began the same account at once, or has let the login go since.
        await this.people.replaceOne({ _id: subject }, replacement, { upsert: true });
      }
    });
  }

  setPassword(subject: string, hash: string, expected: string | undefined): Promise<boolean> {
    return asPort(async () => {
      const { matchedCount } = await this.people.updateOne(
        {
          _id: subject,
          // Who was forgotten has no login, and no password either.
          folded: { $exists: true },
          passwordHash: expected === undefined ? { $exists: false } : expected,
        },
        { $set: { passwordHash: hash } },
      );
      return matchedCount === 1;
    });
  }

  setExternal(subject: string, external: ExternalIdentity | undefined): Promise<boolean> {
    const change =
      external === undefined ? { $unset: { external: 1 } } : { $set: { external: externalKey(external) } };
    const set = async (): Promise<boolean> =>
      (await this.people.updateOne({ _id: subject, folded: { $exists: true } }, change)).matchedCount === 1;
    return asPort(async () => {
      try {
        return await set();
      } catch (error) {
        if (!isDuplicate(error) || external === undefined) throw error;
        await this.mustBeFree(external, subject);
        // Its holder has let it go since.
        return set();
      }
    });
  }

  byExternal(external: ExternalIdentity): Promise<AccountRecord | undefined> {
    return asPort(async () =>
      accountOf(await this.people.findOne({ external: externalKey(external) }).lean()),
    );
  }

  byLogin(login: string): Promise<AccountRecord | undefined> {
    return asPort(async () => {
      const folded = foldLogin(login);
      if (folded === '') return undefined;
      return accountOf(await this.people.findOne({ folded }).lean());
    });
  }

  bySubject(subject: string): Promise<AccountRecord | undefined> {
    return asPort(async () => accountOf(await this.people.findById(subject).lean()));
  }

  accounts(): Promise<readonly AccountRecord[]> {
    return asPort(async () => {
      const all = (await this.people.find().lean()).map((each) => accountOf(each) as AccountRecord);
      return all.sort((a, b) => (a.subject < b.subject ? -1 : 1));
    });
  }

  names(subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return asPort(async () => {
      const found = await this.people.find({ _id: { $in: [...new Set(subjects)] } }).lean();
      return new Map(found.flatMap(({ _id, name }) => (name === undefined ? [] : [[_id, name]])));
    });
  }

  forget(subject: string): Promise<void> {
    return asPort(async () => {
      await this.people.updateOne(
        { _id: subject },
        { $set: { login: '' }, $unset: { folded: 1, name: 1, passwordHash: 1, external: 1 } },
      );
      await this.endSubject(subject);
    });
  }

  saveRefresh(token: RefreshRecord): Promise<void> {
    return asPort(async () => {
      await this.endPast();
      const { family, subject, expiresAt } = token;
      await this.signIns.updateOne(
        { _id: family },
        { $setOnInsert: { subject }, $max: { endsAt: expiresAt } },
        { upsert: true },
      );
      await this.keep(token);
    });
  }

  renewRefresh(token: RefreshRecord): Promise<boolean> {
    return asPort(async () => {
      await this.endPast();
      await this.keep(token);
      // Whether the sign-in goes on is asked last: one that is ended after that takes its tokens with it.
      const { matchedCount } = await this.signIns.updateOne(
        { _id: token.family },
        { $max: { endsAt: token.expiresAt } },
      );
      if (matchedCount === 1) return true;
      await this.tokens.deleteOne({ _id: token.digest });
      return false;
    });
  }

  useRefresh(digest: string): Promise<RefreshRecord | undefined> {
    return asPort(async () => {
      const before = await this.tokens
        .findOneAndUpdate({ _id: digest }, { $set: { used: true } }, { returnDocument: 'before' })
        .lean();
      if (before === null || !(await this.familyLives(before.family))) return undefined;
      const { subject, family, expiresAt, used } = before;
      return { digest, subject, family, expiresAt, used };
    });
  }

  familyLives(family: string): Promise<boolean> {
    return asPort(async () => (await this.signIns.findById(family).lean()) !== null);
  }

  endFamily(family: string): Promise<void> {
    return asPort(async () => {
      await this.signIns.deleteOne({ _id: family });
      await this.tokens.deleteMany({ family });
    });
  }

  endSubject(subject: string): Promise<void> {
    return asPort(async () => {
      const families = (await this.signIns.find({ subject }).lean()).map(({ _id }) => _id);
      await this.signIns.deleteMany({ subject });
      await this.tokens.deleteMany({ family: { $in: families } });
    });
  }

  secret(name: string, make: () => Buffer): Promise<Buffer> {
    return asPort(async () => {
      const find = async () => await this.secrets.findById(name).lean();
      let kept = await find();
      if (kept === null) {
        try {
          await this.secrets.insertMany([{ _id: name, value: make() }]);
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
        kept = await find();
      }
      if (kept === null) throw new Error(`the secret ${name} was removed just now`);
      return Buffer.from(bytesOf(kept.value as Uint8Array | mongo.Binary));
    });
  }

  logAccess(entry: AccessLogEntry): Promise<void> {
    const { at, kind, subject, programme, detail } = entry;
    const logged = {
      at,
      kind,
      detail,
      ...(subject !== undefined && { subject }),
      ...(programme !== undefined && { programme }),
    };
    return asPort(async () => {
      for (;;) {
        try {
          await this.accesses.insertMany([{ _id: await this.nextAccess(), ...logged }]);
          return;
        } catch (error) {
          // Where the counter came back older than the entries, the number after.
          if (!isDuplicate(error)) throw error;
        }
      }
    });
  }

  accessLog(filter: {
    readonly programme?: string;
    readonly limit: number;
    readonly before?: number;
  }): Promise<readonly (AccessLogEntry & { readonly id: number })[]> {
    const { programme, limit, before } = filter;
    return asPort(async () => {
      const found = await this.accesses
        .find({
          ...(programme !== undefined && { programme }),
          ...(before !== undefined && { _id: { $lt: before } }),
        })
        .sort({ _id: -1 })
        .limit(limit)
        .lean();
      return found.map(({ _id, ...entry }) => ({ id: _id, ...entry }));
    });
  }

  async close(): Promise<void> {
    return;
  }

  /** @throws ExternalTaken where another subject has it */
  private async mustBeFree(external: ExternalIdentity, subject: string): Promise<void> {
    const holder = await this.byExternal(external);
    if (holder !== undefined && holder.subject !== subject)
      throw new ExternalTaken('another account has this external identity');
  }

  private async keep({ digest, subject, family, expiresAt, used }: RefreshRecord): Promise<void> {
    await this.tokens.insertMany([{ _id: digest, subject, family, expiresAt, used }]);
  }

  private async endPast(): Promise<void> {
    const now = isoMoment(this.clock());
    await this.signIns.deleteMany({ endsAt: { $lt: now } });
    await this.tokens.deleteMany({ expiresAt: { $lt: now } });
  }

  private async nextAccess(): Promise<number> {
    const counter = await this.counters
      .findOneAndUpdate(
        { _id: 'accesses' },
        { $inc: { value: 1 } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
    return counter.value;
  }
}

function accountOf(found: Account | null): AccountRecord | undefined {
  if (found === null) return undefined;
  const { _id, login, name, passwordHash, external } = found;
  return {
    subject: _id,
    login,
    ...(name !== undefined && { name }),
    ...(passwordHash !== undefined && { passwordHash }),
    ...(external !== undefined && { external: externalOf(external) }),
  };
}
