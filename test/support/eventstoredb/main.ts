import { parseArgs } from 'node:util';
import { openControl } from './control';
import { StandIn } from './stand-in';

/** Runs the stand-in as a program: `--port N`, `--file PATH`, `--control-port N`. It prints where it listens. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, file: { type: 'string' }, 'control-port': { type: 'string' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  const standIn = await StandIn.start({ port, file: values.file });
  const control = await openControl(standIn, Number(values['control-port'] ?? 0));
  console.log(`the control port of the stand-in is ${String(control.port)}`);
  console.log(`the stand-in for EventStoreDB listens on ${standIn.address}`);
  const stop = (): void => {
    control.close();
    void standIn.stop();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

void main();
