import type { LabDeviceRow, LabJobRow, LabOverview } from '../../shared/contract/lab-rows.ts';
import type { Stage } from '../../shared/events.ts';
import { vernierVersion } from '../engine/runtime/environment.ts';
import type { Lab } from '../lab/connect-lab.ts';
import { listDevices, type SeenDevice } from '../lab/device-list.ts';
import { isEnded, listJobStates } from '../lab/job-states.ts';
import { describePlace, type JobState } from '../lab/lab-messages.ts';

/** More in one list help nobody. */
const mostJobs = 200;
const mostDevices = 1000;

function describeDevice(device: SeenDevice, nowMs: number): LabDeviceRow {
  const { environment, clockAheadSeconds, seenTimestampMs } = device;
  return {
    name: device.name,
    state: device.state,
    cpuModel: environment.cpuModel,
    cores: environment.cores,
    memoryBytes: environment.totalMemoryBytes,
    features: environment.cpuFlags,
    hasInt8DotProduct: device.hasInt8DotProduct,
    os: environment.os,
    vernierVersion: environment.vernierVersion,
    isOtherVersion: environment.vernierVersion !== vernierVersion,
    onnxRuntimeVersion: environment.onnxRuntimeVersion,
    labels: Object.entries(device.labels).map(([key, value]) => `${key}=${value}`),
    jobId: device.jobId,
    jobTitle: device.jobTitle,
    jobsDone: device.jobsDone,
    // By the server's clock, and this machine's.
    secondsSinceSeen: Math.max(0, (nowMs - seenTimestampMs) / 1000 + clockAheadSeconds),
    clockAheadSeconds,
  };
}

function describeJob(state: JobState): LabJobRow {
  const { jobId, runId, kind, title, device, attempt, submittedBy, submittedTimestampMs } = state;
  return {
    jobId,
    runId,
    kind,
    title,
    place: describePlace(state.place),
    phase: state.phase === 'running' ? 'running' : 'queued',
    stage: state.stage as Stage | null,
    device,
    attempt,
    submittedBy,
    submittedTimestampMs,
  };
}

/** The devices, and what they have to do. @throws AppError `lab-unreachable`. */
export async function readOverview(lab: Lab): Promise<LabOverview> {
  const [devices, states] = await Promise.all([listDevices(lab), listJobStates(lab)]);
  const open = states.filter((state) => !isEnded(state)).reverse();
  const running = open.filter(({ phase }) => phase === 'running');
  const waiting = open.filter(({ phase }) => phase !== 'running');
  return {
    server: lab.server,
    devices: devices.slice(0, mostDevices).map((device) => describeDevice(device, Date.now())),
    jobs: [...running, ...waiting].slice(0, mostJobs).map(describeJob),
    runningCount: running.length,
    waitingCount: waiting.length,
  };
}
