import { type AccountRecord, type ExternalIdentity, INSTALLATION, said, streamName } from '@jejak/core';
import type { AccessState, AccountState, Grant } from '@jejak/domain';
import { z } from 'zod';
import type { Jejak } from '../jejak';

/** The parameters of a list of accounts. Its order is that of the subjects. */
export const directoryParams = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .max(200)
    .regex(
      /^[A-Za-z0-9_-]+$/,
      said({ en: 'Give a cursor that this list gave.', id: 'Isi dengan kursor dari daftar ini.' }),
    )
    .optional()
    .describe('`next` of the page before'),
});
export type DirectoryParams = z.output<typeof directoryParams>;

export interface DirectoryPage<T> {
  readonly items: readonly T[];
  /** the cursor of the next page; null on the last */
  readonly next: string | null;
}

type Parts = Pick<Jejak, 'commands' | 'credentials'>;

export interface GrantsItem {
  readonly subject: string;
  readonly grants: readonly Grant[];
}

/** Who holds which roles in a programme, page by page. */
export async function grantsPage(
  { commands, credentials }: Parts,
  programme: string,
  params: DirectoryParams,
): Promise<DirectoryPage<GrantsItem>> {
  return pageOf(await credentials.accounts(), params, async ({ subject }) => {
    const { state } = await commands.read(streamName('access', programme, subject));
    const access = state as AccessState;
    return access.status === 'known' && access.grants.length > 0
      ? { subject, grants: access.grants }
      : undefined;
  });
}

export type AccountItem = AccountState & {
  readonly subject: string;
  readonly login: string;
  readonly name: string | null;
  /** who it is at an identity provider */
  readonly external: ExternalIdentity | null;
  readonly revision: number;
};

/** The accounts of the installation, page by page. */
export async function accountsPage(
  { commands, credentials }: Parts,
  params: DirectoryParams,
): Promise<DirectoryPage<AccountItem>> {
  return pageOf(await credentials.accounts(), params, async ({ subject, login, name, external = null }) => {
    const { state, revision } = await commands.read(streamName('account', INSTALLATION, subject));
    return { subject, login, name: name ?? null, external, ...(state as AccountState), revision };
  });
}

/** Reads no more streams than a page needs, and those of accounts that are not in it. */
async function pageOf<T>(
  accounts: readonly AccountRecord[],
  { limit, cursor }: DirectoryParams,
  itemOf: (account: AccountRecord) => Promise<T | undefined>,
): Promise<DirectoryPage<T>> {
  const last = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
  const items: T[] = [];
  let end = '';
  for (const account of accounts) {
    if (account.subject <= last) continue;
    const item = await itemOf(account);
    if (item === undefined) continue;
    if (items.length === limit) return { items, next: Buffer.from(end, 'utf8').toString('base64url') };
    items.push(item);
    end = account.subject;
  }
  return { items, next: null };
}
