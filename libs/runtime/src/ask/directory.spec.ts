import { INSTALLATION, streamName } from '@jejak/core';
import { ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import type { AccountItem, DirectoryPage, GrantsItem } from './directory';
import { questions, type QuestionType } from './questions';

const { accounts, grants }: Readonly<Record<'accounts' | 'grants', QuestionType>> = questions;

describe('who has an account, and who holds which roles', () => {
  let city: ImportCity;
  beforeEach(async () => {
    city = await ImportCity.open();
  });
  afterEach(() => city.close());

  async function pages<T>(question: QuestionType, limit: number): Promise<T[][]> {
    const found: T[][] = [];
    let cursor: string | null = null;
    do {
      const params = { limit: String(limit), ...(cursor !== null && { cursor }) };
      const sought = { programme: question === grants ? PROGRAMME : INSTALLATION, params };
      const { answer } = await question.answer(city.jejak, sought, { role: 'operator' });
      const page = answer as DirectoryPage<T>;
      found.push([...page.items]);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  it('is told page by page, each once and in order', async () => {
    const subjects = ['p-dinkes', 'p-diskominfo', 'p-office'];
    for (const limit of [1, 2, 3, 50]) {
      const opened = await pages<AccountItem>(accounts, limit);
      expect(opened.flat().map(({ subject }) => subject)).toEqual(subjects);
      expect(opened).toHaveLength(Math.ceil(3 / limit));
      const granted = await pages<GrantsItem>(grants, limit);
      expect(granted.flat().map(({ subject }) => subject)).toEqual(subjects);
    }
    await city.give('CloseAccount', streamName('account', INSTALLATION, 'p-dinkes'), {});
    expect((await pages<AccountItem>(accounts, 1))[0]).toMatchObject([{ status: 'closed', revision: 1 }]);
  });

  it('is told without those who hold none', async () => {
    const stream = streamName('access', PROGRAMME, 'p-diskominfo');
    await city.give('RevokeRole', stream, { role: 'officer', agency: 'diskominfo' }, 'office');
    expect((await pages<GrantsItem>(grants, 1)).map((page) => page.map(({ subject }) => subject))).toEqual([
      ['p-dinkes'],
      ['p-office'],
    ]);
  });

  it('claims no index that it has not seen', async () => {
    const { jejak } = city;
    const before = (await jejak.log.head(PROGRAMME))!.index;
    const known = jejak.credentials.accounts.bind(jejak.credentials);
    const spy = jest.spyOn(jejak.credentials, 'accounts').mockImplementation(async () => {
      const answer = await known();
      spy.mockRestore();
      await jejak.credentials.save({ subject: 'p-new', login: 'new' });
      await city.give('OpenAccount', streamName('account', INSTALLATION, 'p-new'), { kind: 'person' });
      await city.give('GrantRole', streamName('access', PROGRAMME, 'p-new'), { role: 'auditor' }, 'office');
      return answer;
    });
    const sought = { programme: PROGRAMME, params: {} };
    const { answer, index } = await grants.answer(jejak, sought, { role: 'operator' });
    expect((answer as DirectoryPage<GrantsItem>).items).toHaveLength(3);
    expect(index).toBe(before);
  });

  it('takes no cursor that is none', async () => {
    for (const params of [{ cursor: 'ü' }, { limit: '501' }, { limit: '0' }, { page: '2' }]) {
      const sought = { programme: PROGRAMME, params };
      await expect(grants.answer(city.jejak, sought, { role: 'operator' })).rejects.toMatchObject({
        code: 'invalid-params',
      });
    }
  });
});
