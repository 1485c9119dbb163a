import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { addCommonOptions, collectOne, parseInteger, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly open?: true;
  readonly root?: string[];
}

/**
 * Writes a page that leads to the address, readable by the user alone: on a command line, where a browser is started with
 * what it is to open, every user of the machine can read it.
 * @returns its path.
 */
function writeWay(url: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'vernier-open-')), 'open.html');
  writeFileSync(path, `<!doctype html><meta http-equiv="refresh" content="0; url=${url}">\n`, { mode: 0o600 });
  return path;
}

/** Opens the desktop's browser, where there is one; the printed address serves as well. */
function openBrowser(path: string): void {
  const url = pathToFileURL(path).href;
  const [program, ...programArguments] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program, programArguments, { stdio: 'ignore', detached: true });
  child.on('error', () => printNote('Could not open a browser. Open the address yourself.'));
  child.unref();
}

async function serveWindow(options: ServeOptions): Promise<ExitCode> {
  // Loaded here: no other command needs a server.
  const { serve } = await import('../../serve/serve.ts');
  let way: string | null = null;
  const removeWay = (): void => {
    if (way !== null) rmSync(dirname(way), { recursive: true, force: true });
    way = null;
  };
  const server = await serve({
    port: options.port,
    roots: (options.root ?? ['.']).map(resolvePath),
    databasePath: options.database === undefined ? null : resolvePath(options.database),
    onOpened: (nextUrl) => {
      removeWay();
      if (options.quiet !== true) printNote('Opened. Each address works for one browser. Here is the next one:');
      if (options.json === true) printNote(nextUrl);
      else printText(nextUrl);
    },
  });
  if (options.json === true) printJson({ url: server.url, port: server.port });
  else printText(server.url);
  if (options.quiet !== true) {
    printNote(
      'Open this address in a browser on this machine, or through a tunnel: ' +
        `ssh -L ${server.port}:127.0.0.1:${server.port} <this machine>. Ctrl-C stops the server.`,
    );
  }
  if (options.open === true) openBrowser((way = writeWay(server.url)));
  await withInterrupt(
    (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  );
  removeWay();
  await server.close();
  return exitCodes.done;
}

export function addServeCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('serve')
    .summary('open the window in a browser, here or through an SSH tunnel')
    .description(
      'Serves the window to a browser on this machine (127.0.0.1 only) and prints its address. The address holds a secret: ' +
        'the first browser to open it can see the --root folders. Each address works for one browser; once it is opened, ' +
        'the next one is printed.',
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
