import net from 'node:net';
import { LogUnavailable, OutcomeUnknown, type Receipt } from '@jejak/core';
import type { OpenedAccount } from '../accounts';
import type { Sent } from '../dispatch';
import type { AccountCommandType, LocalAccount, LocalService } from './service';
import { fromSocket, linesOf, type SocketAnswer, type SocketCall } from './wire';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The service of the process that has the data directory, through its socket. */
export class SocketClient implements LocalService {
  private readonly waiting = new Map<number, Waiting>();
  private sent = 0;
  private ended: Error | undefined;

  private constructor(private readonly connection: net.Socket) {
    void this.read();
  }

  /** Connects, or gives undefined where nobody listens. */
  static async connect(path: string): Promise<SocketClient | undefined> {
    const connection = net.connect(path);
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('connect', resolve);
        connection.once('error', reject);
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
      throw error;
    }
    return new SocketClient(connection);
  }

  submit(sent: Sent): Promise<Receipt> {
    return this.ask({ call: 'submit', sent }) as Promise<Receipt>;
  }

  openAccount(account: LocalAccount): Promise<OpenedAccount> {
    return this.ask({ call: 'open-account', account }) as Promise<OpenedAccount>;
  }

  giveAccount(type: AccountCommandType, subject: string): Promise<Receipt> {
    return this.ask({ call: 'account', type, subject }) as Promise<Receipt>;
  }

  async setPassword(subject: string, password: string): Promise<void> {
    await this.ask({ call: 'password', subject, password });
  }

  async setOidcSubject(subject: string, oidcSubject: string | null): Promise<void> {
    await this.ask({ call: 'oidc-subject', subject, oidcSubject });
  }

  close(): void {
    this.connection.end();
    this.connection.destroy();
  }

  private ask(call: SocketCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      const id = this.sent++;
      this.waiting.set(id, { resolve, reject });
      this.connection.write(`${JSON.stringify({ ...call, id })}\n`);
    });
  }

  private async read(): Promise<void> {
    let why = 'the server ended the connection';
    try {
      for await (const line of linesOf(this.connection)) this.heard(JSON.parse(line) as SocketAnswer);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    this.ended = new LogUnavailable(why);
    for (const { reject } of this.waiting.values()) reject(new OutcomeUnknown(why));
    this.waiting.clear();
  }

  private heard(answer: SocketAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(fromSocket(answer.error));
    else waiting?.resolve(answer.result);
  }
}
