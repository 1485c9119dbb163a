import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  findImageLayout,
  outputSize,
  planPreprocessing,
  preprocessImage,
} from '../../../electron/engine/data/preprocess.ts';
import { readPreprocessorConfig } from '../../../electron/engine/data/preprocessor-config.ts';
import { translateEngineText } from '../../../shared/engine-texts.ts';
import { makeFolder, makePixels, rejects } from './fixtures.ts';

const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const levels = { do_rescale: false, do_normalize: false };

async function readConfig(context: TestContext, config: unknown) {
  const path = join(await makeFolder(context), 'preprocessor_config.json');
  await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config));
  return readPreprocessorConfig(path);
}

/** The first values of the pattern of 7x5 pixels after preprocessing, and the dimensions. */
async function preprocess(context: TestContext, config: object) {
  const input = { name: 'x', dataType: 'float32', dims: ['N', 3, 'H', 'W'] } as const;
  const { recipe } = await readConfig(context, config);
  const { dims, data } = preprocessImage(
    makePixels(7, 5),
    planPreprocessing(recipe, findImageLayout(input, recipe.dataFormat), input),
  );
  return { dims: dims.slice(1), data: [...(data as Float32Array)] };
}

test("the defaults of a processor's type are its own", async (context) => {
  // width x height of images of 333x500 and 500x375, by transformers 5.18's own processors.
  const expected: Readonly<Record<string, readonly [string, string]>> = {
    ViT: ['224x224', '224x224'],
    DeiT: ['224x224', '224x224'],
    Beit: ['224x224', '224x224'],
    CLIP: ['224x224', '224x224'],
    ConvNext: ['384x384', '384x384'],
    EfficientNet: ['346x346', '346x346'],
    Levit: ['224x224', '224x224'],
    PoolFormer: ['224x224', '224x224'],
    MobileViT: ['256x256', '256x256'],
    Perceiver: ['224x224', '224x224'],
    Segformer: ['512x512', '512x512'],
    Detr: ['800x1201', '1066x800'],
    ConditionalDetr: ['800x1201', '1066x800'],
    Yolos: ['800x1200', '1056x800'],
    Mask2Former: ['800x1216', '1088x800'],
    RTDetr: ['640x640', '640x640'],
    Vilt: ['384x576', '512x384'],
    GLPN: ['320x480', '480x352'],
    TextNet: ['640x960', '864x640'],
    Sam: ['1024x1024', '1024x1024'],
    BridgeTower: ['288x288', '288x288'],
  };
  for (const [type, sizes] of Object.entries(expected)) {
    for (const field of [
      { image_processor_type: `${type}ImageProcessor` },
      { image_processor_type: `${type}ImageProcessorFast` },
      { feature_extractor_type: `${type}FeatureExtractor` },
    ]) {
      const { recipe } = await readConfig(context, field);
      const found = [
        { width: 333, height: 500 },
        { width: 500, height: 375 },
      ].map((size) => outputSize(size, recipe));
      assert.deepEqual(
        found.map(({ width, height }) => `${width}x${height}`),
        sizes,
        JSON.stringify(field),
      );
    }
  }
});

test('old files that leave much to their processor give its sizes', async (context) => {
  const cases: [config: object, size: string][] = [
    [
      {
        feature_extractor_type: 'PoolFormerFeatureExtractor',
        crop_pct: 0.9,
        do_resize_and_center_crop: true,
        size: 224,
      },
      '224x224',
    ],
    [{ feature_extractor_type: 'LevitFeatureExtractor', do_center_crop: true, size: 224, resample: 3 }, '224x224'],
    [{ feature_extractor_type: 'DetrFeatureExtractor', size: 800, max_size: 1333, do_pad: true }, '800x1201'],
    [{ feature_extractor_type: 'DetrFeatureExtractor', size: 400, max_size: 600 }, '400x600'],
    [{ feature_extractor_type: 'DetrFeatureExtractor', size: 400 }, '400x600'],
    [{ feature_extractor_type: 'YolosFeatureExtractor', size: 512, max_size: 1333 }, '512x768'],
    [{ feature_extractor_type: 'YolosFeatureExtractor', size: 500, max_size: 700 }, '464x688'],
    [{ feature_extractor_type: 'MaskFormerFeatureExtractor', size: 384, max_size: 640, size_divisor: 32 }, '384x576'],
    [
      { feature_extractor_type: 'DPTFeatureExtractor', size: 384, keep_aspect_ratio: true, ensure_multiple_of: 32 },
      '384x576',
    ],
    [
      {
        feature_extractor_type: 'DPTFeatureExtractor',
        size: [266, 518],
        keep_aspect_ratio: true,
        ensure_multiple_of: 14,
      },
      '182x266',
    ],
    [
      { image_processor_type: 'DetrImageProcessor', size: { shortest_edge: 300, longest_edge: 500 }, pad_size: 600 },
      '600x600',
    ],
    [{ size: { max_height: 200, max_width: 300 }, ...imagenet }, '133x200'],
  ];
  for (const [config, expected] of cases) {
    const { recipe } = await readConfig(context, config);
    const { width, height } = outputSize({ width: 333, height: 500 }, recipe);
    assert.equal(`${width}x${height}`, expected, JSON.stringify(config));
  }
});

test("pixels are transformers' own, whatever the processor's order of steps", async (context) => {
  // transformers 5.18 with Pillow 12.3 on the same pattern.
  const cases: [config: object, dims: number[], values: number[]][] = [
    [
      { image_processor_type: 'PerceiverImageProcessor', size: { height: 2, width: 3 }, crop_size: 4, ...levels },
      [3, 2, 3],
      [133, 170, 207, 192, 229, 10, 230, 18, 62, 47, 98, 149, 71, 122, 173, 158, 223, 32],
    ],
    [
      { feature_extractor_type: 'LevitFeatureExtractor', size: 4, crop_size: 3, ...levels },
      [3, 3, 3],
      [66, 121, 188, 140, 188, 150, 228, 117, 43, 159, 177, 121, 189, 56, 112, 103, 157, 166],
    ],
    [
      { feature_extractor_type: 'PoolFormerFeatureExtractor', size: 3, crop_size: 3, ...levels },
      [3, 3, 3],
      [36, 100, 179, 140, 193, 102, 167, 105, 91, 132, 166, 124, 171, 116, 130, 65, 128, 112],
    ],
    [
      { image_processor_type: 'MobileViTImageProcessor', size: 4, crop_size: 2, do_rescale: false, ...imagenet },
      [3, 2, 2],
      [65, 154, 192, 140, 189, 56, 103, 157, 140, 188, 228, 117],
    ],
    [
      {
        image_processor_type: 'EfficientNetImageProcessor',
        size: { height: 2, width: 3 },
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.25, 0.2],
        rescale_offset: true,
        rescale_factor: 1 / 127.5,
      },
      [3, 2, 3],
      [
        -3.3333333, -1.2941175, -1.5450978, -0.8549018, -2.4862745, -2.3921568, -4.1725483, -7.5607834, -9.1921568,
        -10.3215685, -8.9411764, -6.0549011, -11.6176453, -13.7745094, -14.5588226, -9.6568613, -11.421567, -12.9901953,
      ],
    ],
    [
      {
        image_processor_type: 'SamImageProcessor',
        size: { longest_edge: 3 },
        pad_size: { height: 4, width: 5 },
      },
      [3, 4, 5],
      [-0.5595514, 0.3651854, 0.3138112, 0, 0, 0.5706825, -0.1485573, -0.097183, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    [
      {
        image_processor_type: 'DPTImageProcessor',
        size: { height: 4, width: 9 },
        keep_aspect_ratio: true,
        ensure_multiple_of: 3,
        ...levels,
      },
      [3, 3, 6],
      [24, 66, 113, 162, 208, 148, 122, 177, 199, 107, 86, 79, 199, 113, 107, 77, 127, 177],
    ],
  ];
  for (const [config, dims, values] of cases) {
    const found = await preprocess(context, config);
    assert.deepEqual(found.dims, dims, JSON.stringify(config));
    assert.deepEqual(
      found.data.slice(0, values.length).map((value) => Number(value.toFixed(7)) + 0),
      values,
      JSON.stringify(config),
    );
  }
});

test('the image processor nested in a processor_config.json is read', async (context) => {
  const inner = {
    image_processor_type: 'CLIPImageProcessor',
    size: { shortest_edge: 4 },
    crop_size: { height: 3, width: 2 },
    ...imagenet,
  };
  const nested = await readConfig(context, { image_processor: inner, processor_class: 'CLIPProcessor' });
  const flat = await readConfig(context, inner);
  assert.deepEqual(nested.recipe, flat.recipe);
  assert.deepEqual(nested.recipe.crop, { height: 3, width: 2, style: 'transformers', fill: [0, 0, 0] });
});

test("timm's config.json is read, its defaults are timm's", async (context) => {
  const sizeOf = async (config: object, width: number, height: number) => {
    const { recipe } = await readConfig(context, config);
    return [recipe.resize, recipe.filter, outputSize({ width, height }, recipe)];
  };
  const pretrained = {
    input_size: [3, 224, 224],
    crop_pct: 0.95,
    interpolation: 'bicubic',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  };
  const square = { width: 224, height: 224 };
  const shortest = (edge: number) => ({ kind: 'shortest-edge', shortest: edge, longest: null });
  assert.deepEqual(await sizeOf({ architecture: 'resnet50', pretrained_cfg: pretrained }, 500, 375), [
    shortest(235),
    'bicubic',
    square,
  ]);
  // Files of 2021 have the fields beside the architecture.
  assert.deepEqual(await sizeOf({ architecture: 'vit', ...pretrained, interpolation: '' }, 500, 375), [
    shortest(235),
    'bicubic',
    square,
  ]);
  assert.deepEqual(await sizeOf({ architecture: 'x', pretrained_cfg: {} }, 500, 375), [
    shortest(256),
    'bicubic',
    square,
  ]);
  const squash = { ...pretrained, crop_mode: 'squash' };
  assert.deepEqual((await sizeOf({ pretrained_cfg: squash }, 500, 375))[0], { kind: 'exact', height: 235, width: 235 });
  const border = { ...pretrained, crop_mode: 'border', mean: [1, 0, 0.5] };
  const { recipe } = await readConfig(context, { pretrained_cfg: border });
  assert.deepEqual([recipe.resize, recipe.crop?.fill], [{ kind: 'contain', height: 235, width: 235 }, [255, 0, 128]]);
  const wide = { ...pretrained, input_size: [3, 224, 112] };
  assert.deepEqual((await sizeOf({ pretrained_cfg: wide }, 500, 375)).slice(1), [
    'bilinear',
    { width: 112, height: 224 },
  ]);
  await rejects(
    readConfig(context, { pretrained_cfg: { ...pretrained, interpolation: 'random' } }),
    'data-malformed',
    /interpolation/,
  );
  await rejects(readConfig(context, { pretrained_cfg: { ...pretrained, std: [0, 1, 1] } }), 'data-malformed', /std/);
  const { notes } = await readConfig(context, { architecture: 'x', pretrained_cfg: { crop_pct: 0.9 } });
  assert.match(notes[0]!, /\(timm\): shorter edge resized to 248 \(bicubic\); cropped to the middle 224x224/);
  assert.match(notes[1]!, /does not set input_size, interpolation, mean, std: the defaults of timm are used/);
});

test('a file that says nothing about images is refused with what it is', async (context) => {
  const refused: [config: unknown, pattern: RegExp][] = [
    [{}, /says nothing about images: size, crop_size/],
    [{ tokenizer_class: 'BertTokenizer', model_max_length: 512 }, /a tokenizer's configuration/],
    [{ version: '1.0', added_tokens: [], model: {} }, /it is a tokenizer,/],
    [{ architectures: ['ViTForImageClassification'], model_type: 'vit', hidden_size: 768 }, /a model's configuration/],
    [{ max_new_tokens: 20, eos_token_id: 2 }, /configuration for text generation/],
    [
      { feature_extractor_type: 'WhisperFeatureExtractor', sampling_rate: 16_000 },
      /configuration for audio preprocessing/,
    ],
    [{ processor_class: 'CLIPProcessor' }, /says nothing about images/],
    [{ constructor: 'x', __proto__x: 1 }, /says nothing about images/],
    [[1, 2], /not a JSON object/],
    ['[1', /not JSON/],
    [{ image_processor_type: 'Qwen2VLImageProcessorFast', size: 4 }, /more than cut and scale.*\.npz/],
    [{ feature_extractor_type: 'DonutFeatureExtractor', size: 4 }, /more than cut and scale/],
    [{ image_processor_type: 'SomethingNewImageProcessor', do_resize: true }, /"size" is missing/],
    [{ image_processor_type: 'SomethingNewImageProcessor', do_normalize: true }, /"image_mean"/],
  ];
  for (const [config, pattern] of refused) await rejects(readConfig(context, config), 'data-malformed', pattern);
});

test('what was applied and what was not is told, in Chinese as well', async (context) => {
  const configs: [config: object, ...patterns: RegExp[]][] = [
    [
      { image_processor_type: 'ViTImageProcessor' },
      /\(ViTImageProcessor\): resized to 224x224 \(bilinear\); not cropped; levels times 0\.00392157, minus \[0\.5, 0\.5, 0\.5\], divided by \[0\.5, 0\.5, 0\.5\]; red first\.$/m,
      /does not set size, resample, image_mean, image_std: the defaults of ViTImageProcessor are used/,
    ],
    [
      { image_processor_type: 'MobileViTImageProcessor', do_normalize: true },
      /blue first/,
      /"do_normalize".*not applied/,
    ],
    [{ image_processor_type: 'DetrImageProcessor', do_pad: true }, /longer edge at most 1333/, /"do_pad".*not applied/],
    [
      { image_processor_type: 'OddImageProcessor', size: 4, keep_aspect_ratio: true, do_thumbnail: true },
      /does not know the image processor "OddImageProcessor"/,
      /"do_thumbnail".*not applied/,
    ],
    [{ image_processor_type: 'ViTImageProcessor', size_divisor: 32 }, /"size_divisor".*not applied/],
    [
      { image_processor_type: 'PerceiverImageProcessor' },
      /cropped to 0\.875x0\.875 of the shorter edge, then resized to 224x224/,
    ],
    [{ image_processor_type: 'YolosImageProcessor' }, /rounded down to a multiple of 16/],
    [{ image_processor_type: 'SamImageProcessor' }, /longer edge resized to 1024.*padded with zeros to 1024x1024/],
    [{ image_processor_type: 'EfficientNetImageProcessor', rescale_offset: true }, /minus 1, minus .* again/],
    [{ image_processor_type: 'GLPNImageProcessor' }, /resized down to multiples of 32/],
    [
      { do_resize: false, do_rescale: false },
      /\(no type given\): not resized; not cropped; levels unchanged; red first/,
    ],
    [{ pretrained_cfg: { crop_mode: 'border' } }, /resized to fit inside 256x256/],
  ];
  for (const [config, ...patterns] of configs) {
    const { notes } = await readConfig(context, config);
    for (const pattern of patterns) assert.match(notes.join('\n'), pattern);
    for (const note of notes) {
      const chinese = translateEngineText(note, 'zh-CN').replace(/“[^”]*”/g, '');
      assert.match(chinese, /\p{Script=Han}/u, note);
      assert.doesNotMatch(chinese, /[a-z]{2,} [a-z]{2,}/, note);
    }
  }
});

test('a side that no image has is refused, even where most of it would be cropped', async (context) => {
  const narrow = { width: 60_000, height: 1 };
  for (const config of [
    { size: { shortest_edge: 65_536 }, crop_size: 4 },
    { feature_extractor_type: 'PoolFormerFeatureExtractor', crop_pct: 0.01, size: 65_536 },
    { pretrained_cfg: { input_size: [3, 224, 224], crop_pct: 0.01 } },
  ]) {
    const { recipe } = await readConfig(context, { ...config, resample: 0, interpolation: 'nearest' });
    const input = { name: 'x', dataType: 'float32', dims: ['N', 3, 'H', 'W'] } as const;
    const preprocessing = planPreprocessing(recipe, findImageLayout(input, null), input);
    const pixels = { ...narrow, channels: 3, data: new Uint8Array(60_000 * 3) } as const;
    assert.throws(() => preprocessImage(pixels, preprocessing), /An image of 60000x1 would be resized to \d+x\d+/);
  }
});
