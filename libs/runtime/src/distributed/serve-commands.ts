import { type Handled, KafkaCommands } from '@jejak/adapters/kafka';
import type { Config } from '../config';
import { persistently } from '../worker/loops';
import { carryOut, type CommandParts } from './commands';
import type { Reached } from './servers';

/** The topics of commands, and the group of those who carry them out. */
export function commandTopicsOf({ kafkaPrefix }: Pick<Config, 'kafkaPrefix'>): {
  readonly topic: string;
  readonly results: string;
  readonly group: string;
} {
  return {
    topic: `${kafkaPrefix}.commands.v1`,
    results: `${kafkaPrefix}.command-results.v1`,
    group: `${kafkaPrefix}.commands`,
  };
}

/** Who is told how commands over Kafka fare. */
export interface CommandsTold {
  readonly onTrouble: (what: string, error: Error) => void;
  readonly onHandled: (handled: Handled) => void;
  readonly onMembership: (isMember: boolean) => void;
}

/**
 * Carries out the commands that come over Kafka, together with all other workers, until the signal aborts.
 *
 * @param kafka how the brokers are reached
 */
export async function serveCommands(
  parts: CommandParts,
  kafka: Reached,
  { onTrouble, onHandled, onMembership }: CommandsTold,
  signal: AbortSignal,
): Promise<void> {
  const commands = new KafkaCommands({
    ...{ ...kafka, ...commandTopicsOf(parts.config), onHandled, onMembership },
    onTrouble: (error) => onTrouble('commands', error),
  });
  const { source } = kafka;
  await persistently('commands', { onTrouble }, signal, () =>
    commands.serve((message, attempt) => carryOut(parts, source, message, attempt), signal),
  );
}
