import { run } from './run';

// What is written to a pipe that nobody reads any more is nobody's loss.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code;
});
