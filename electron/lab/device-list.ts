import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { vernierVersion } from '../engine/runtime/environment.ts';
import type { Lab } from './connect-lab.ts';
import { decodeShown, deviceSchema, type LabDevice } from './lab-messages.ts';
import { deviceBucket, type Place } from './lab-names.ts';
import { readBucket } from './read-bucket.ts';

/** A device as the server has it. */
export interface SeenDevice extends LabDevice {
  /** How far its clock is ahead of the server's, in s. */
  readonly clockAheadSeconds: number;
}

/** Every device that gave a sign of life lately, by name. */
export async function listDevices(lab: Lab): Promise<SeenDevice[]> {
  const devices: SeenDevice[] = [];
  for (const entry of await readBucket(lab, deviceBucket)) {
    const device = decodeShown(deviceSchema, entry.value);
    if (device !== null && device.name === entry.key) {
      devices.push({ ...device, clockAheadSeconds: (device.seenTimestampMs - entry.created.getTime()) / 1000 });
    }
  }
  return devices.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** A place for each device that runs this version. @throws AppError `lab-job` where none is there, `lab-version` where none is of it. */
export async function eachDevice(lab: Lab): Promise<[Place, ...Place[]]> {
  const devices = await listDevices(lab);
  const [first, ...others] = devices
    .filter(({ environment }) => environment.vernierVersion === vernierVersion)
    .map(({ name }): Place => ({ kind: 'device', name }));
  if (first !== undefined) return [first, ...others];
  throw devices[0] === undefined ? new AppError('lab-job', tell('noDeviceThere')) : otherVersion(devices[0]);
}

export function otherVersion({ name, environment }: LabDevice): AppError {
  const version = environment.vernierVersion;
  return new AppError('lab-version', tell('labDeviceVersion', { device: name, version, own: vernierVersion }));
}

export function isAt({ name, labels }: LabDevice, place: Place): boolean {
  switch (place.kind) {
    case 'any':
      return true;
    case 'device':
      return name === place.name;
    case 'label':
      return labels[place.key] === place.value;
  }
}
