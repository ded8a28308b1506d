export type { UnreadableMessage } from './aside';
export { CONTENT_TYPE, cloudEventText, readCloudEvent, Unreadable } from './cloud-event';
export type { CommandAnswer, CommandMessage, CommandOutcome, Handled } from './command-batch';
export { KafkaCommands, type KafkaCommandsOptions } from './commands';
export { type Consumed, KafkaFeed, type KafkaFeedOptions } from './feed';
export { EVENTS_TOPIC, type KafkaOptions } from './options';
export { KafkaPublisher, type KafkaPublisherOptions } from './publisher';
export { KafkaTurn, type KafkaTurnOptions } from './turn';
