import { run } from './run';

// Nobody else on the machine reads what is written.
process.umask(0o077);

// What is written to a pipe that nobody reads any more is nobody's loss.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code;
});
