import type { Lab } from './connect-lab.ts';
import { decode, deviceSchema, type LabDevice } from './lab-messages.ts';
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
  for (const entry of await readBucket(lab, lab.devices, deviceBucket)) {
    const device = decode(deviceSchema, entry.value);
    if (device !== null && device.name === entry.key) {
      devices.push({ ...device, clockAheadSeconds: (device.seenTimestampMs - entry.created.getTime()) / 1000 });
    }
  }
  return devices.sort((a, b) => a.name.localeCompare(b.name, 'en'));
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
