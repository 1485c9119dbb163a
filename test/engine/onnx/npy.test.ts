import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { AppError } from '../../../shared/app-error.ts';
import { readTold } from '../../../shared/engine-texts/tell.ts';
import { openNpy } from '../../../electron/engine/onnx/npy.ts';
import { openNpz } from '../../../electron/engine/onnx/npz.ts';
import type { DataType, Tensor, TensorData } from '../../../electron/engine/tensor/tensor.ts';
import { temporaryFolder } from './tiny-model.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';

const folder = temporaryFolder();
let files = 0;
function newFile(bytes: Uint8Array, extension = 'npy'): string {
  const path = join(folder, `file-${files++}.${extension}`);
  writeFileSync(path, bytes);
  return path;
}

/** An .npy file with a header written by hand. */
function npy(dictionary: string, data: Uint8Array = new Uint8Array(0), version = 1): Buffer {
  const header = Buffer.from(dictionary, 'utf8');
  const prefix = Buffer.alloc(version === 1 ? 10 : 12);
  prefix.write('\x93NUMPY', 'latin1');
  prefix[6] = version;
  if (version === 1) prefix.writeUInt16LE(header.length, 8);
  else prefix.writeUInt32LE(header.length, 8);
  return Buffer.concat([prefix, header, data]);
}

async function readAll(path: string): Promise<Tensor> {
  const file = await openNpy(path);
  try {
    return { dataType: file.dataType, dims: file.dims, data: await file.readRows(0, file.dims[0] ?? 1) };
  } finally {
    await file.close();
  }
}

interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly claimedBytes?: number;
  readonly checksum?: number;
}

/** A zip archive (APPNOTE.TXT 4.3), with whatever lies a test wants in its directory. */
function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.deflate === true ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const name = Buffer.from(entry.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? 0, 2);
    fields.writeUInt16LE(entry.method ?? (entry.deflate === true ? 8 : 0), 4);
    fields.writeUInt32LE(entry.checksum ?? crc32(entry.data), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(entry.claimedBytes ?? entry.data.byteLength, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

describe('.npy', () => {
  const samples: [DataType, TensorData][] = [
    ['float32', Float32Array.of(1, -2, NaN, 4, 5, 6)],
    ['float64', Float64Array.of(1, -2, 3, 4, 5, 1e300)],
    ['float16', Uint16Array.of(0x3c00, 1, 2, 3, 4, 5)],
    ['int8', Int8Array.of(-128, 127, 0, 1, 2, 3)],
    ['uint8', Uint8Array.of(255, 0, 1, 2, 3, 4)],
    ['int16', Int16Array.of(-32768, 1, 2, 3, 4, 5)],
    ['uint16', Uint16Array.of(65535, 1, 2, 3, 4, 5)],
    ['int32', Int32Array.of(-(2 ** 31), 1, 2, 3, 4, 5)],
    ['uint32', Uint32Array.of(2 ** 32 - 1, 1, 2, 3, 4, 5)],
    ['int64', BigInt64Array.of(-(2n ** 63n), 1n, 2n, 3n, 4n, 5n)],
    ['uint64', BigUint64Array.of(2n ** 64n - 1n, 1n, 2n, 3n, 4n, 5n)],
    ['bool', Uint8Array.of(1, 0, 1, 1, 0, 0)],
  ];
  for (const [dataType, data] of samples) {
    test(`${dataType} reads back as written, whole and by rows`, async () => {
      const path = newFile(encodeNpy({ dataType, dims: [3, 2], data }));
      assert.deepEqual(await readAll(path), { dataType, dims: [3, 2], data });
      const file = await openNpy(path);
      assert.deepEqual(await file.readRows(1, 1), data.slice(2, 4));
      await assert.rejects(file.readRows(2, 2), { code: 'internal' });
      await file.close();
    });
  }

  test('the header is what NumPy writes', () => {
    const bytes = Buffer.from(encodeNpy({ dataType: 'float32', dims: [2], data: Float32Array.of(1, 2) }));
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    assert.equal(bytes.subarray(0, 128).toString('latin1'), `\x93NUMPY\x01\0\x76\0${text.padEnd(117)}\n`);
  });

  test('versions 2 and 3, other key orders and quotes, Python 2 longs', async () => {
    const data = Uint8Array.of(7, 8);
    for (const version of [1, 2, 3]) {
      const read = await readAll(
        newFile(npy(`{"shape":(2L, ), 'fortran_order':False,'descr':'|u1'}\n`, data, version)),
      );
      assert.deepEqual(read, { dataType: 'uint8', dims: [2], data });
    }
  });

  test('scalars and empty arrays', async () => {
    assert.deepEqual(
      (await readAll(newFile(npy("{'descr': '|u1', 'fortran_order': False, 'shape': ()}", Uint8Array.of(9))))).data,
      Uint8Array.of(9),
    );
    assert.equal(
      (await readAll(newFile(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5)}")))).data.length,
      0,
    );
  });

  test('big-endian numbers are turned', async () => {
    const data = Buffer.alloc(8);
    data.writeFloatBE(1.5, 0);
    data.writeFloatBE(-2, 4);
    const read = await readAll(newFile(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", data)));
    assert.deepEqual(read.data, Float32Array.of(1.5, -2));
  });

  test('axes of size 1 cost nothing when a column-major array is turned', async () => {
    const data = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);
    const shape = `(1024, ${'1, '.repeat(61)}1024)`;
    const path = newFile(npy(`{'descr': '|u1', 'fortran_order': True, 'shape': ${shape}}`, data));
    const started = performance.now();
    const read = await readAll(path);
    assert.ok(performance.now() - started < 2000);
    assert.equal(read.dims.length, 63);
    for (const [row, column] of [
      [0, 1],
      [1, 0],
      [1023, 7],
    ] as const) {
      assert.equal(read.data[row * 1024 + column], (row + column * 1024) % 251);
    }
  });

  test('more dimensions than NumPy makes are refused, in a short message', async () => {
    for (const [dims, order] of [
      ['1, '.repeat(65), 'True'],
      [`50000, ${'1, '.repeat(20_000)}`, 'True'],
      ['1, '.repeat(20_000), 'False'],
    ] as const) {
      const path = newFile(
        npy(`{'descr': '|u1', 'fortran_order': ${order}, 'shape': (${dims})}`, new Uint8Array(1), 2),
      );
      const started = performance.now();
      await assert.rejects(openNpy(path), (error) => {
        assert.ok(error instanceof AppError && error.code === 'data-malformed');
        assert.match(error.message, /claims \d+ dimensions, where NumPy itself makes no more than 64/);
        return error.message.length < 400;
      });
      assert.ok(performance.now() - started < 1000);
    }
  });

  test('column-major arrays are turned', async () => {
    // [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]] with the first index fastest
    const data = Uint8Array.of(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11);
    const path = newFile(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2)}", data));
    assert.deepEqual((await readAll(path)).data, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    const file = await openNpy(path);
    assert.deepEqual(await file.readRows(1, 1), Uint8Array.of(6, 7, 8, 9, 10, 11));
    await file.close();
  });

  const refused: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['something else', Buffer.from('hello, world')],
    ['version 9', npy('{}', undefined, 9)],
    ['a header of 4 GB', Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff', 'latin1')],
    ['a header cut short', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}").subarray(0, 30)],
    ['an incomplete header', npy("{'descr': '<f4', 'shape': (2,)}")],
    ['a key twice', npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (0,)}")],
    ['an unknown key', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'x': 'y'}")],
    ['code for a shape', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os'),)}")],
    ['text after the header', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)} + 1")],
    ['a shape that is no tuple', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", new Uint8Array(12))],
    ['a negative dimension', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}")],
    [
      'an enormous shape',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991, 9007199254740991)}"),
    ],
    [
      'an enormous claim',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}", new Uint8Array(8)),
    ],
    ['data cut short', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", new Uint8Array(11))],
    ['data left over', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", new Uint8Array(13))],
    ['pickled objects', npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", new Uint8Array(24))],
    ['text', npy("{'descr': '<U5', 'fortran_order': False, 'shape': (3,)}", new Uint8Array(60))],
    ['records', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", new Uint8Array(12))],
    ['long doubles', npy("{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", new Uint8Array(16))],
  ];
  for (const [name, bytes] of refused) {
    test(`refuses ${name}`, async () => {
      const path = newFile(bytes);
      await assert.rejects(openNpy(path), (error: unknown) => {
        assert.ok(error instanceof AppError && error.code === 'data-malformed', String(error));
        assert.ok(error.message.includes(path));
        return true;
      });
    });
  }

  test('a missing file', async () => {
    await assert.rejects(openNpy(join(folder, 'none.npy')), { code: 'file-not-found' });
    await assert.rejects(openNpy(folder), { code: 'file-unreadable' });
  });
});

describe('.npz', () => {
  const values = Float32Array.from({ length: 40_000 }, (_, index) => (index * 7919) % 9973);
  const array = encodeNpy({ dataType: 'float32', dims: [400, 100], data: values });
  const labels = encodeNpy({
    dataType: 'int64',
    dims: [400],
    data: BigInt64Array.from({ length: 400 }, (_, index) => BigInt((index * 7919) % 1009)),
  });

  for (const deflate of [false, true]) {
    test(`${deflate ? 'compressed' : 'stored'} arrays are read by rows, in any order`, async () => {
      const path = newFile(
        zip([
          { name: 'x.npy', data: array, deflate },
          { name: 'readme.txt', data: Buffer.from('hi') },
          { name: 'labels.npy', data: labels, deflate },
        ]),
        'npz',
      );
      const file = await openNpz(path);
      assert.deepEqual(
        file.entries.map(({ name, dataType, dims }) => [name, dataType, dims]),
        [
          ['x', 'float32', [400, 100]],
          ['labels', 'int64', [400]],
        ],
      );
      const [x] = file.entries;
      assert.deepEqual(await x!.readRows(399, 1), values.slice(39_900));
      assert.deepEqual(await Promise.all([x!.readRows(0, 2), x!.readRows(7, 1)]), [
        values.slice(0, 200),
        values.slice(700, 800),
      ]);
      assert.equal((await file.entries[1]!.readRows(1, 1))[0], 856n);
      await file.close();
    });
  }

  test('arrays of text are left out, with the reason', async () => {
    const names = npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", new Uint8Array(4));
    const file = await openNpz(
      newFile(
        zip([
          { name: 'x.npy', data: array },
          { name: 'names.npy', data: names },
        ]),
        'npz',
      ),
    );
    assert.deepEqual(
      file.entries.map(({ name }) => name),
      ['x'],
    );
    assert.match(readTold(file.skipped[0]!.reason, 'en'), /"names".*text/);
    await file.close();
  });

  test('a file is closed, also when it is refused', { skip: process.platform !== 'linux' }, async () => {
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const good = newFile(zip([{ name: 'x.npy', data: array, deflate: true }]), 'npz');
    const bad = newFile(zip([{ name: 'x.npy', data: Buffer.from('no'), deflate: true }]), 'npz');
    const before = openFiles();
    for (let round = 0; round < 5; round++) {
      const file = await openNpz(good);
      await file.entries[0]!.readRows(0, 1);
      await file.close();
      await assert.rejects(openNpz(bad), { code: 'data-malformed' });
    }
    // Closing a file inside yauzl is asynchronous.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(openFiles() <= before + 1, `${before} before, ${openFiles()} after`);
  });

  const refusedAtOnce: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['an .npy file', array],
    ['an archive without arrays', zip([{ name: 'a.txt', data: Buffer.from('x') }])],
    ['an empty archive', zip([])],
    ['an archive cut short', zip([{ name: 'x.npy', data: array }]).subarray(0, 1000)],
    ['an encrypted array', zip([{ name: 'x.npy', data: array, flags: 1 }])],
    ['another compression', zip([{ name: 'x.npy', data: array, method: 12 }])],
    [
      'an array twice',
      zip([
        { name: 'x.npy', data: array },
        { name: 'x.npy', data: array },
      ]),
    ],
    ['a path that climbs', zip([{ name: '../x.npy', data: array }])],
    ['something that is no array', zip([{ name: 'x.npy', data: Buffer.from('hello') }])],
    ['an impossible size', zip([{ name: 'x.npy', data: array, deflate: true, claimedBytes: 0xffff_fff0 }])],
    ['a size that the header contradicts', zip([{ name: 'x.npy', data: array, deflate: true, claimedBytes: 50_000 }])],
  ];
  for (const [name, bytes] of refusedAtOnce) {
    test(`refuses ${name}`, async () => {
      await assert.rejects(openNpz(newFile(bytes, 'npz')), { name: 'AppError', code: 'data-malformed' });
    });
  }

  test('a bomb is refused by what it claims', async () => {
    const zeros = encodeNpy({ dataType: 'uint8', dims: [1_000_000], data: new Uint8Array(1_000_000) });
    const entries = ['a', 'b', 'c', 'd'].map((name) => ({ name: `${name}.npy`, data: zeros, deflate: true }));
    const path = newFile(zip(entries), 'npz');
    const bomb = { code: 'data-malformed', message: /zip bombs/ };
    await assert.rejects(openNpz(path, { memoryBudgetBytes: 3_000_000 }), bomb);
    await (await openNpz(path, { memoryBudgetBytes: 5_000_000 })).close();
  });

  test('an array that unpacks to more or less than it claims is refused', async () => {
    for (const [claimed, rows] of [
      [array.byteLength - 400, 399],
      [array.byteLength + 400, 401],
    ] as const) {
      const lying = encodeNpy({ dataType: 'float32', dims: [rows, 100], data: new Float32Array(rows * 100) });
      const data = Buffer.concat([lying.subarray(0, 128), array.subarray(128)]);
      const file = zip([{ name: 'x.npy', data, deflate: true, claimedBytes: claimed }]);
      const opened = await openNpz(newFile(file, 'npz'));
      await assert.rejects(opened.entries[0]!.readRows(0, 1), { code: 'data-malformed' });
      await opened.close();
    }
  });

  test('a wrong checksum is found before any value is used', async () => {
    for (const deflate of [false, true]) {
      const file = await openNpz(newFile(zip([{ name: 'x.npy', data: array, deflate, checksum: 1 }]), 'npz'));
      await assert.rejects(file.entries[0]!.readRows(0, 1), { code: 'data-malformed', message: /checksum/ });
      await file.close();
    }
  });

  test('arrays beyond the memory budget go through a temporary file', async () => {
    const both = [
      { name: 'x.npy', data: array, deflate: true },
      { name: 'labels.npy', data: labels, deflate: true },
    ];
    const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('vernier-npz-')).length;
    const before = leftovers();
    const file = await openNpz(newFile(zip(both), 'npz'), { memoryBudgetBytes: 10_000 });
    assert.deepEqual(await file.entries[0]!.readRows(399, 1), values.slice(39_900));
    assert.deepEqual(await file.entries[0]!.readRows(0, 400), values);
    assert.equal((await file.entries[1]!.readRows(1, 1))[0], 856n);
    await file.close();
    assert.ok(leftovers() <= before);
  });

  test('500 mutations and truncations of an archive either read or give one AppError', async () => {
    const empty = encodeNpy({ dataType: 'float32', dims: [0, 100], data: new Float32Array(0) });
    const sound = zip([
      { name: 'x.npy', data: empty },
      { name: 'y.npy', data: labels, deflate: true },
      { name: 'z.npy', data: labels },
    ]);
    let state = 12_345;
    const random = (below: number): number => (state = (state * 48_271) % 0x7fff_ffff) % below;
    let refused = 0;
    for (let round = 0; round < 500; round++) {
      let bytes = Buffer.from(sound);
      if (round % 5 === 0) bytes = bytes.subarray(0, random(bytes.length));
      else
        for (let change = 0; change <= random(3); change++) {
          // Half of the damage goes to the directory at the end, where a zip is most easily upset.
          const at = random(2) === 0 ? random(bytes.length) : bytes.length - 1 - random(200);
          bytes[at] = random(256);
        }
      try {
        const file = await openNpz(newFile(bytes, 'npz'));
        try {
          for (const entry of file.entries) await entry.readRows(0, entry.dims[0] ?? 1);
        } finally {
          await file.close();
        }
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'data-malformed', `round ${round}: ${String(error)}`);
        refused++;
      }
    }
    assert.ok(refused > 200, `${refused} were refused`);
  });
});
