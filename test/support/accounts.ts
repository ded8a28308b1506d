import { type CommandRunner, type Credentials, INSTALLATION, streamName } from '@jejak/core';
import { hashPassword } from '@jejak/runtime';

/** Everyone's. */
export const PASSWORD = 'kata-sandi-uji';

/** Opens an account `u-<login>`, and grants it a role in a programme. */
export async function openAccountOf(
  { commands, credentials }: { readonly commands: CommandRunner; readonly credentials: Credentials },
  login: string,
  kind: 'person' | 'service',
  granted?: { readonly programme: string; readonly role: string; readonly agency?: string },
): Promise<void> {
  const subject = `u-${login}`;
  await credentials.save({ subject, login, name: login, passwordHash: await hashPassword(PASSWORD) });
  const operator = { subject: 'cli', role: 'operator' };
  const office = { subject: 'u-set-up', role: 'office' };
  await commands.run({
    ...{ type: 'OpenAccount', stream: streamName('account', INSTALLATION, subject), body: { kind } },
    ...{ key: `account ${login}`, actor: operator, correlationId: 'set-up' },
  });
  if (granted === undefined) return;
  const { programme, ...body } = granted;
  await commands.run({
    ...{ type: 'GrantRole', stream: streamName('access', programme, subject), body },
    ...{ key: `grant ${login}`, actor: body.role === 'office' ? operator : office, correlationId: 'set-up' },
  });
}
