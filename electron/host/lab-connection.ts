import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { LabSettings } from '../../shared/contract/requests.ts';
import type { Lab } from '../lab/connect-lab.ts';

/** Nobody looks at a window that long. */
const answerWaitMs = 10_000;

/** One connection to the lab of the settings, made when it is first needed and kept. */
export class LabConnection {
  private readonly settings: () => LabSettings | null;
  private opening: Promise<Lab> | null = null;
  private isUp = false;

  constructor(settings: () => LabSettings | null) {
    this.settings = settings;
  }

  isSetUp(): boolean {
    return this.settings() !== null;
  }

  /** @throws AppError `lab-unreachable`, also while the connection is down; `lab-denied`, `file-unreadable`. */
  async open(): Promise<Lab> {
    this.opening ??= this.connect();
    const mine = this.opening;
    try {
      const lab = await mine;
      if (this.isUp && !lab.connection.isClosed()) return lab;
      if (lab.connection.isClosed() && this.opening === mine) this.opening = null;
      throw new AppError('lab-unreachable', tell('labClosed', { server: lab.server }));
    } catch (error) {
      // The next one that asks tries again.
      if (!(await isOpen(mine)) && this.opening === mine) this.opening = null;
      throw error;
    }
  }

  /** Asks the server, for so long that a person waits. @throws AppError as `open`, and those of `ask`. */
  async ask<Value>(ask: (lab: Lab) => Promise<Value>): Promise<Value> {
    const lab = await this.open();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        late.reject(
          new AppError('lab-unreachable', tell('labSilent', { server: lab.server, seconds: answerWaitMs / 1000 })),
        ),
      answerWaitMs,
    );
    try {
      return await Promise.race([ask(lab), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives it up; the next that asks connects as the settings are then. */
  async close(): Promise<void> {
    const opening = this.opening;
    this.opening = null;
    const lab = await opening?.catch(() => null);
    // Of a server that does not answer nothing is waited for.
    await Promise.race([lab?.close(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }

  private async connect(): Promise<Lab> {
    const address = this.settings();
    if (address === null) throw new AppError('lab-unreachable', tell('labNotSetUp'));
    // Loaded when asked for: most windows never need it.
    const { connectLab } = await import('../lab/connect-lab.ts');
    const { server, ...files } = address;
    const given = Object.fromEntries(Object.entries(files).filter(([, value]) => value !== null));
    const lab = await connectLab({ server, ...given }, { keepTrying: true });
    this.isUp = true;
    void this.listen(lab);
    return lab;
  }

  private async listen(lab: Lab): Promise<void> {
    for await (const { type } of lab.connection.status()) {
      if (type === 'disconnect') this.isUp = false;
      else if (type === 'reconnect') this.isUp = true;
    }
  }
}

async function isOpen(opening: Promise<Lab>): Promise<boolean> {
  return opening.then(
    (lab) => !lab.connection.isClosed(),
    () => false,
  );
}
