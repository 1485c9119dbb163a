import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { featuresOf } from '../../../shared/device-features.ts';
import { environmentSchema } from '../../../shared/run.ts';
import { parseCpuInfo, parseSysctl, readEnvironment } from '../../../electron/engine/runtime/environment.ts';

suite('environment', () => {
  test('is complete on this machine', async () => {
    const environment = await readEnvironment();
    assert.deepEqual(environmentSchema.parse(environment), environment);
    assert.ok(environment.cpuModel !== '' && environment.cores >= 1 && environment.totalMemoryBytes > 0);
    assert.match(environment.onnxRuntimeVersion, /^\d+\.\d+\.\d+/);
    if (process.platform === 'linux' && process.arch === 'x64') assert.ok(environment.cpuFlags.includes('sse4_1'));
  });

  test('reads x86 flags from /proc/cpuinfo', () => {
    const text =
      'processor\t: 0\nflags\t\t: fpu sse4_1 avx avx2 fma avx512_vnni avx512_vnni_not_really\n\nprocessor\t: 1\nflags\t\t: f16c\n';
    const cpuFlags = parseCpuInfo(text);
    assert.deepEqual(cpuFlags, ['sse4_1', 'avx', 'avx2', 'fma', 'avx512_vnni']);
    assert.ok(featuresOf({ cpuFlags }).int8DotProduct);
    assert.ok(
      !featuresOf({ cpuFlags: ['avx', 'avx2', 'avx512f', 'avx512bw'] }).int8DotProduct,
      'AVX-512 alone has no VNNI',
    );
  });

  test('reads ARM features from /proc/cpuinfo', () => {
    const cpuFlags = parseCpuInfo('processor : 0\nFeatures\t: fp asimd evtstrm asimddp sve i8mm\n');
    assert.deepEqual(cpuFlags, ['asimddp', 'i8mm', 'sve']);
    assert.ok(featuresOf({ cpuFlags }).int8DotProduct);
    assert.deepEqual(parseCpuInfo(''), []);
  });

  test('reads both kinds of Mac', () => {
    const apple = 'hw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_I8MM: 0\n';
    assert.deepEqual(parseSysctl(apple), ['asimddp']);
    const intel =
      'machdep.cpu.features: FPU SSE4.1 AVX1.0 FMA F16C\nmachdep.cpu.leaf7_features: AVX2 AVX512F AVX512VNNI\n';
    assert.deepEqual(parseSysctl(intel), ['sse4_1', 'avx', 'avx2', 'fma', 'f16c', 'avx512f', 'avx512_vnni']);
    assert.deepEqual(parseSysctl(''), []);
  });
});
