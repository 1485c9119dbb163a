import type { TextTable } from './text-table.ts';

/** What can be wrong with bundles that are imported. */
export const bundleErrors = {
  // Bundles
  bundleMissing: {
    en: 'There is no bundle "{path}". Check the path and try again.',
    zh: '没有运行包“{path}”，请检查路径后重试。',
  },
  bundleMalformed: {
    en: '"{path}" is not a bundle Vernier can import: {&what}. Nothing was imported. Copy it again, or ask for a new one.',
    zh: '“{path}”不是 Vernier 可以导入的运行包：{what}。没有导入任何内容。请重新复制，或索取新的运行包。',
  },
  bundleNewer: {
    en: '"{path}" was written by a newer Vernier (bundle format {#version}, this one knows {#known}). Update Vernier, then import it.',
    zh: '“{path}”由更新版本的 Vernier 写入（运行包格式 {version}，此版本支持到 {known}）：请更新 Vernier 后再导入。',
  },
  bundleUnsafe: {
    en: '"{path}" looks malicious and was refused: {&what}. Nothing was imported. Ask whoever sent it for a new one.',
    zh: '“{path}”已被拒绝，它看起来是恶意制作的：{what}。没有导入任何内容，请向发送者索取新的运行包。',
  },
  entryCompressedOtherwise: {
    en: '{entry} is compressed in a way Vernier does not write',
    zh: '{entry} 的压缩方式不是 Vernier 所用的',
  },
  entryNotUnpacked: { en: '{entry} cannot be unpacked ({reason})', zh: '{entry} 无法解压（{reason}）' },
  entryEncrypted: { en: '{entry} is encrypted', zh: '{entry} 已加密' },
  entryNoJson: { en: '{entry} is not JSON', zh: '{entry} 不是 JSON' },
  bundleFormatNewer: {
    en: 'it was written by a newer Vernier (bundle format {#version}, this one knows {#known}); update Vernier',
    zh: '它由更新版本的 Vernier 写入（格式版本 {version}，此版本支持到 {known}），请更新 Vernier',
  },
  manifestWrong: { en: 'its manifest is wrong at "{field}" ({reason})', zh: '其清单中“{field}”有误（{reason}）' },
  entryNoRunDocument: {
    en: '{entry} is not a run document ({field}: {reason})',
    zh: '{entry} 不是运行文档（{field}：{reason}）',
  },
  manifestRunElsewhere: { en: 'the manifest puts run {run} elsewhere', zh: '清单把运行 {run} 放在别处' },
  manifestNamesTwice: { en: 'the manifest names {entry} twice', zh: '清单中 {entry} 重复' },
  manifestModelElsewhere: {
    en: 'the manifest takes a model of run {run} from elsewhere',
    zh: '清单从别处取运行 {run} 的模型',
  },
  entryMissing: { en: '{entry} is missing', zh: '缺少 {entry}' },
  entrySizeWrong: { en: '{entry} has another size than the manifest says', zh: '{entry} 的大小与清单不符' },
  entryHashWrong: { en: '{entry} does not have the hash the manifest says', zh: '{entry} 的哈希与清单不符' },
  bundleNoZip: { en: 'it is not a zip file ({reason})', zh: '它不是 zip 文件（{reason}）' },
  manifestMissing: { en: 'it has no manifest.json', zh: '其中没有 manifest.json' },
  entryOtherRun: { en: '{entry} is another run than the manifest says', zh: '{entry} 与清单所写的运行不同' },
  entryOutOfPlace: { en: 'the file name {name} does not belong in it', zh: '文件名 {name} 不应出现在其中' },
  entryIsLink: { en: '{entry} is a symbolic link', zh: '{entry} 是符号链接' },
  entryNotPlain: { en: '{entry} is not a regular file', zh: '{entry} 不是普通文件' },
  entryBomb: {
    en: '{entry} would unpack to {#size} bytes from {#packed}',
    zh: '{entry} 会从 {packed} 字节解压成 {size} 字节',
  },
  bundleTooManyFiles: { en: 'it claims to hold {#count} files', zh: '它声称含有 {count} 个文件' },
  entryNameTwice: { en: 'the file name {name} occurs twice', zh: '文件名 {name} 重复' },
  bundleOverlaps: { en: 'its files overlap', zh: '其中的文件相互重叠' },
  bundleTooLarge: { en: 'its runs would unpack to more than {#size} bytes', zh: '其中的运行解压后会超过 {size} 字节' },
  entryUnnamed: { en: 'it holds {entry}, which its manifest does not name', zh: '其中的 {entry} 不在清单内' },
  importOntoOther: {
    en: '"{path}" exists and is another file. Move it away and import again.',
    zh: '“{path}”已存在且是另一个文件：请将其移走后重新导入。',
  },
  bundleWithoutRun: { en: 'The bundle has no run {run}.', zh: '运行包中没有运行 {run}。' },
  bundleWithoutModel: {
    en: 'The bundle has no model {name} of run {run}.',
    zh: '运行包中没有运行 {run} 的模型 {name}。',
  },
} as const satisfies TextTable;
