import { create, toBinary } from '@bufbuild/protobuf';
import sharp from 'sharp';
import { ModelProtoSchema, TensorProto_DataType } from '../engine/onnx/proto/onnx_pb.js';
import { readDevice } from '../engine/runtime/device.ts';
import { openSession } from '../engine/runtime/session.ts';
import type { EngineHealth } from './protocol.ts';

/** Deep and wide enough that ONNX Runtime takes its vector kernels. */
const depth = 64;
const columns = 32;

/** MatMulInteger: uint8 [1, depth] x int8 [depth, columns] -> int32, with every weight at its maximum of 127. */
function buildInt8Model(): Uint8Array {
  const tensorType = (elemType: TensorProto_DataType, dims: readonly number[]) => ({
    value: {
      case: 'tensorType' as const,
      value: {
        elemType,
        shape: { dim: dims.map((dim) => ({ value: { case: 'dimValue' as const, value: BigInt(dim) } })) },
      },
    },
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 13n }],
      graph: {
        name: 'doctor',
        node: [{ name: 'product', opType: 'MatMulInteger', input: ['x', 'w'], output: ['y'] }],
        initializer: [
          {
            name: 'w',
            dims: [BigInt(depth), BigInt(columns)],
            dataType: TensorProto_DataType.INT8,
            rawData: new Uint8Array(depth * columns).fill(127),
          },
        ],
        input: [{ name: 'x', type: tensorType(TensorProto_DataType.UINT8, [1, depth]) }],
        output: [{ name: 'y', type: tensorType(TensorProto_DataType.INT32, [1, columns]) }],
      },
    }),
  );
}

async function checkOnnxRuntime(): Promise<Pick<EngineHealth, 'onnxRuntimeProblem' | 'int8ProductsExact'>> {
  try {
    const session = await openSession(buildInt8Model(), { threads: 1 });
    const outputs = await session.run({
      x: { dataType: 'uint8', dims: [1, depth], data: new Uint8Array(depth).fill(255) },
    });
    await session.release();
    // x86 without VNNI adds two u8 x s8 products in 16 bits: 2 * 255 * 127 does not fit and is cut off at 32,767.
    const exact = depth * 255 * 127;
    return {
      onnxRuntimeProblem: null,
      int8ProductsExact: [...(outputs['y']?.data ?? [])].every((sum) => sum === exact),
    };
  } catch (error) {
    return { onnxRuntimeProblem: error instanceof Error ? error.message : String(error), int8ProductsExact: null };
  }
}

async function checkImages(): Promise<string | null> {
  try {
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#204060' } })
      .png()
      .toBuffer();
    const pixels = await sharp(png).raw().toBuffer();
    return pixels[2] === 0x60 ? null : `A decoded test image has wrong colours (${pixels.subarray(0, 3).join(', ')}).`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs a tiny int8 model and decodes a tiny image with the libraries the engine uses. */
export async function checkEngine(): Promise<EngineHealth> {
  const { environment, features } = await readDevice();
  return {
    environment,
    hasInt8DotProduct: features.int8DotProduct,
    ...(await checkOnnxRuntime()),
    imageProblem: await checkImages(),
  };
}
