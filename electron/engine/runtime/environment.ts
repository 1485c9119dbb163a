import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../../package.json' with { type: 'json' };
import type { Environment } from '../../../shared/run.ts';
import { onnxRuntimeVersion } from './runtime-version.ts';

/** Instruction sets that decide how fast float and int8 kernels are, by their names in Linux's /proc/cpuinfo. */
const relevantFlags = [
  'sse4_1',
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx512f',
  'avx512bw',
  'avx512_vnni',
  'avx_vnni',
  'amx_int8',
  'asimddp',
  'i8mm',
  'sve',
];

/** What macOS calls the same instruction sets (sysctl machdep.cpu.* on Intel, hw.optional.arm.* on Apple silicon). */
const macosFlags: Readonly<Record<string, string>> = {
  'SSE4.1': 'sse4_1',
  'AVX1.0': 'avx',
  AVX2: 'avx2',
  FMA: 'fma',
  F16C: 'f16c',
  AVX512F: 'avx512f',
  AVX512BW: 'avx512bw',
  AVX512VNNI: 'avx512_vnni',
  'hw.optional.arm.FEAT_DotProd': 'asimddp',
  'hw.optional.arm.FEAT_I8MM': 'i8mm',
};

export const vernierVersion: string = manifest.version;

/** A file of the kernel's, or null where this system has no such file: not knowing is an answer here, not an error. */
async function readOptional(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return null;
  }
}

/** Output of a system tool, or an empty string where it is missing or refuses. */
async function runOptional(program: string, programArguments: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, programArguments, { timeout: 2000 })).stdout;
  } catch {
    return '';
  }
}

/** Relevant flags of the first CPU in the text of /proc/cpuinfo: `flags` on x86, `Features` on ARM. */
export function parseCpuInfo(text: string): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? '';
  const present = new Set(line.split(/\s+/));
  return relevantFlags.filter((flag) => present.has(flag));
}

/** Relevant flags in what `sysctl` prints: lists of names on Intel, `key: 1` on Apple silicon. */
export function parseSysctl(text: string): string[] {
  const present = new Set<string>();
  for (const word of text.split(/\s+/)) if (word in macosFlags) present.add(macosFlags[word]!);
  for (const [, key, value] of text.matchAll(/^(\S+): (\d)$/gm)) {
    if (value === '1' && key! in macosFlags) present.add(macosFlags[key!]!);
  }
  return relevantFlags.filter((flag) => present.has(flag));
}

async function readCpuFlags(): Promise<string[]> {
  if (platform() === 'linux') return parseCpuInfo((await readOptional('/proc/cpuinfo')) ?? '');
  if (platform() !== 'darwin') return [];
  const keys =
    arch() === 'arm64'
      ? ['hw.optional.arm.FEAT_DotProd', 'hw.optional.arm.FEAT_I8MM']
      : ['machdep.cpu.features', 'machdep.cpu.leaf7_features'];
  // One at a time: an unknown key makes sysctl fail for all of them.
  const outputs = await Promise.all(keys.map((key) => runOptional('sysctl', [key])));
  return parseSysctl(outputs.join('\n'));
}

/** True on battery, false on mains, null where nothing tells (desktops and servers list no supply at all). */
async function readOnBattery(): Promise<boolean | null> {
  if (platform() === 'darwin') {
    const source = /drawing from '(AC|Battery)/.exec(await runOptional('pmset', ['-g', 'batt']))?.[1];
    return source === undefined ? null : source === 'Battery';
  }
  if (platform() !== 'linux') return null;
  const folder = '/sys/class/power_supply';
  const names = await readdir(folder).catch(() => []);
  let discharging: boolean | null = null;
  for (const name of names) {
    const kind = await readOptional(join(folder, name, 'type'));
    if (kind === 'Mains' && (await readOptional(join(folder, name, 'online'))) === '1') return false;
    // A mouse or headset has a battery too; `scope` tells them from the one that feeds the machine.
    const ofDevice = (await readOptional(join(folder, name, 'scope'))) === 'Device';
    if (kind !== 'Battery' || ofDevice) continue;
    const status = await readOptional(join(folder, name, 'status'));
    if (status !== null) discharging = discharging === true || status === 'Discharging';
  }
  return discharging;
}

async function readOsName(): Promise<string> {
  const kernel = `${type()} ${release()} ${arch()}`;
  if (platform() !== 'linux') return kernel;
  const name = /^PRETTY_NAME="?(.*?)"?$/m.exec((await readOptional('/etc/os-release')) ?? '')?.[1];
  return name === undefined ? kernel : `${name}, ${kernel}`;
}

/**
 * The conditions a measurement was made under, as far as this system tells. Never fails: what cannot be read is null or
 * empty. Windows tells neither instruction sets nor governor without native code.
 */
export async function readEnvironment(): Promise<Environment> {
  const [cpuFlags, governor, onBattery, os] = await Promise.all([
    readCpuFlags(),
    readOptional('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    readOnBattery(),
    readOsName(),
  ]);
  const cpuModel = cpus()[0]?.model.trim() ?? '';
  return {
    vernierVersion,
    onnxRuntimeVersion,
    nodeVersion: process.versions.node,
    os,
    cpuModel: cpuModel === '' ? `unknown ${arch()}` : cpuModel,
    cpuFlags,
    cores: availableParallelism(),
    totalMemoryBytes: totalmem(),
    loadAverage: loadavg(),
    governor,
    onBattery,
  };
}
