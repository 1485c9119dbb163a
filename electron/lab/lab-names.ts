/** What everything of the lab is called on the server, in one place: streams, buckets, subjects, consumers. */

/** Counted up when an older agent could not carry out, or would misread, what a newer client writes. */
export const labProtocol = 1;

export const jobStream = 'vernier_jobs';
export const deviceBucket = 'vernier_devices';
export const jobBucket = 'vernier_job_states';
export const artifactBucket = 'vernier_artifacts';

const jobSubjects = 'vernier.jobs';
export const allJobSubjects = `${jobSubjects}.>`;

/** A name of a device, a key or a value of a label: part of a subject and of a key, so it holds nothing either reads in its own way. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$/;

/** What no device may be called: these are places of their own. */
export const reservedNames: ReadonlySet<string> = new Set(['all', 'any']);

/** Where a job may run. */
export type Place =
  | { readonly kind: 'any' }
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'label'; readonly key: string; readonly value: string };

export interface Queue {
  readonly subject: string;
  /** The durable consumer that all agents of this place share. */
  readonly consumer: string;
}

export function queueOf(place: Place): Queue {
  switch (place.kind) {
    case 'any':
      return { subject: `${jobSubjects}.any`, consumer: 'any' };
    case 'device':
      return { subject: `${jobSubjects}.device.${place.name}`, consumer: `device-${place.name}` };
    case 'label':
      return {
        subject: `${jobSubjects}.label.${place.key}.${place.value}`,
        // Two pairs may share what a single dash would join: a-b=c and a=b-c.
        consumer: `label-${place.key.length}-${place.key}-${place.value}`,
      };
  }
}

/** What a running job says on its way; nobody keeps it. */
export function eventSubject(jobId: string): string {
  return `vernier.events.${jobId}`;
}

/** Times by which one side takes another for gone. Tests shorten them. */
export interface LabTiming {
  /** Without a word for this long an agent's job goes to another. */
  readonly jobWaitMs: number;
  /** Without a word for this long a device is no longer shown. */
  readonly deviceWaitMs: number;
  /** One pull waits this long for a job. */
  readonly pullMs: number;
  /** A transfer without a byte for this long is begun anew. */
  readonly stallMs: number;
}

export const usualTiming: LabTiming = { jobWaitMs: 15_000, deviceWaitMs: 30_000, pullMs: 20_000, stallMs: 30_000 };

/** Results, states and artifacts that nobody fetched in this time go away by themselves. */
export const keptDays = 30;
/** A job that ended its agent this often ends. */
export const maxAttempts = 3;
