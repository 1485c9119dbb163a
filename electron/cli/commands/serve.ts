import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { addCommonOptions, collectOne, parseInteger, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly open?: true;
  readonly root?: string[];
}

/** Opens the desktop's browser, where there is one; the printed address serves as well. */
function openBrowser(url: string): void {
  const [program, ...programArguments] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program, programArguments, { stdio: 'ignore', detached: true });
  child.on('error', () => printNote('No browser could be opened: open the address yourself.'));
  child.unref();
}

async function serveWindow(options: ServeOptions): Promise<ExitCode> {
  // Loaded here: no other command needs a server.
  const { serve } = await import('../../serve/serve.ts');
  const server = await serve({
    port: options.port,
    roots: (options.root ?? ['.']).map(resolvePath),
    databasePath: options.database === undefined ? null : resolvePath(options.database),
  });
  if (options.json === true) printJson({ url: server.url, port: server.port });
  else printText(server.url);
  if (options.quiet !== true) {
    printNote(
      'Open this address in a browser on this machine, or through a tunnel: ' +
        `ssh -L ${server.port}:127.0.0.1:${server.port} <this machine>. Ctrl-C stops the server.`,
    );
  }
  if (options.open === true) openBrowser(server.url);
  await withInterrupt(
    (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  );
  await server.close();
  return exitCodes.done;
}

export function addServeCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('serve')
    .summary('the window in a browser, also through an SSH tunnel')
    .description(
      'Serves the window to a browser on this machine (127.0.0.1 only) and prints its address, which holds a secret: whoever ' +
        'has it sees the folders named with --root.',
    )
    .option('--port <n>', 'port to listen on; 0 for any free one', parseInteger(0, 65_535), 0)
    .option('--open', "open the address in this machine's browser")
    .option(
      '--root <folder>',
      'folder whose models and data may be used; repeatable (default: the current one)',
      collectOne,
    );
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier serve --port 8765 --root ~/models --root /data')
    .action(async (options: ServeOptions) => setExitCode(await serveWindow(options)));
}
