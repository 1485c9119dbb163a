import { runCommandLine } from './command-line.ts';

// A reader that has seen enough (`vernier history | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Not process.exit(): what is still on its way into a pipe would be lost.
process.exitCode = await runCommandLine(process.argv.slice(2));
