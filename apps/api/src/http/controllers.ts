import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { AskQuery, type Receipt, SubmitCommand } from '@jejak/runtime';
import { etagMatches, etagOf } from './etag';
import type { Asked } from './question-route';
import type { Sent } from './sent';

/** What controllers share: commands go to the one bus, questions to the other. */
export abstract class JejakController {
  @Inject(CommandBus) private readonly commands!: CommandBus;
  @Inject(QueryBus) private readonly queries!: QueryBus;

  /** Carries out the command, and gives its receipt. */
  protected async submit({ command, reply }: Sent): Promise<Receipt> {
    const receipt = await this.commands.execute(new SubmitCommand(command));
    void reply.header('etag', `"r${receipt.revision}"`);
    return receipt;
  }

  /** Answers the question; without a body where the reader has the answer already. */
  protected async answer({ question, sought, request, reply }: Asked): Promise<object | undefined> {
    const { caller = {} } = request;
    const { answer, ...more } = await this.queries.execute(new AskQuery(question, sought, caller));
    const body = { ...(answer as object), ...more };
    const etag = etagOf(body, more.index);
    void reply
      .header('etag', etag)
      .header('cache-control', 'private, no-cache')
      .header('vary', 'authorization');
    if (etagMatches(request.headers['if-none-match'], etag)) {
      void reply.code(304);
      return undefined;
    }
    return body;
  }
}
