import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { readDevice } from '../engine/runtime/device.ts';
import type { Lab } from './connect-lab.ts';
import { decode, deviceSchema, type LabDevice } from './lab-messages.ts';
import { labProtocol } from './lab-names.ts';
import { afterBreaks } from './upload-files.ts';

export interface Registration {
  readonly instance: string;
  /** What the list of devices says of it; tells the server at once. */
  update(changes: Partial<Pick<LabDevice, 'state' | 'jobId' | 'jobTitle' | 'jobsDone'>>): Promise<void>;
  /** Takes the name off the list. */
  leave(): Promise<void>;
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function nameTaken({ name, hostName }: LabDevice): AppError {
  return new AppError('lab-name-taken', tell('labNameTaken', { name, host: hostName }));
}

/**
 * Puts this machine on the list of devices and keeps it there, a sign of life three times in the time after which it is forgotten. A name belongs
 * to one agent.
 * @param onLost told when another agent took the name while this machine was away.
 * @throws AppError `lab-name-taken`.
 */
export async function registerDevice(
  lab: Lab,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  onLost: (error: AppError) => void,
): Promise<Registration> {
  const instance = randomUUID();
  const { environment, features } = await readDevice();
  let device: LabDevice = {
    name,
    instance,
    hostName: hostname(),
    processId: process.pid,
    protocol: labProtocol,
    environment,
    hasInt8DotProduct: features.int8DotProduct,
    labels: { ...labels },
    state: 'idle',
    jobId: null,
    jobTitle: null,
    jobsDone: 0,
    startedTimestampMs: Date.now(),
    seenTimestampMs: Date.now(),
  };
  let revision = 0;

  const write = async (): Promise<void> => {
    device = { ...device, seenTimestampMs: Date.now() };
    const value = JSON.stringify(device);
    try {
      revision = await (revision === 0 ? lab.devices.create(name, value) : lab.devices.update(name, value, revision));
    } catch (error) {
      // Gone after a long silence, or somebody else's: the entry tells.
      const entry = await lab.devices.get(name);
      const present = entry?.operation === 'PUT' ? decode(deviceSchema, entry.value) : null;
      if (entry === null || present === null || present.instance === instance) {
        if (entry === null && revision === 0) throw error;
        revision = entry?.revision ?? 0;
        revision = await (revision === 0 ? lab.devices.create(name, value) : lab.devices.update(name, value, revision));
        return;
      }
      // An agent that was killed, started again on the same machine.
      const isDead = present.hostName === device.hostName && !isProcessAlive(present.processId);
      if (!isDead) throw nameTaken(present);
      revision = await lab.devices.update(name, value, entry.revision);
    }
  };

  await afterBreaks(lab, null, write);
  let writing: Promise<void> = Promise.resolve();
  const writeInTurn = (): Promise<void> => {
    writing = writing.then(write).catch((error: unknown) => {
      // While the server is away it is told again at the next turn.
      if (error instanceof AppError) onLost(error);
    });
    return writing;
  };
  const timer = setInterval(() => void writeInTurn(), lab.timing.deviceWaitMs / 3);
  return {
    instance,
    update: async (changes) => {
      device = { ...device, ...changes };
      await writeInTurn();
    },
    leave: async () => {
      clearInterval(timer);
      await writing;
      if (revision !== 0) await lab.devices.delete(name, { previousSeq: revision }).catch(() => undefined);
    },
  };
}
