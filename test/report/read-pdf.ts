import { inflateSync } from 'node:zlib';

export interface PdfPage {
  readonly width: number;
  readonly height: number;
  /** In the order of drawing, pieces joined by blanks. */
  readonly text: string;
  /** Every path operator drawn, for "there are charts, and they are vectors". */
  readonly pathCount: number;
}

export interface ReadPdf {
  readonly pages: readonly PdfPage[];
  readonly bookmarks: readonly string[];
  readonly embeddedFonts: readonly string[];
  readonly imageCount: number;
  /** Title, Author, CreationDate … */
  readonly information: Readonly<Record<string, string>>;
  readonly language: string;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** A literal string: escaped, and in UTF-16 when it begins with a byte order mark. */
function decodeString(literal: string): string {
  const bytes = literal.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
  if (!bytes.startsWith('\u00fe\u00ff')) return bytes;
  return Buffer.from(bytes.slice(2), 'latin1').swap16().toString('utf16le');
}

/** Glyph to text, from a font's ToUnicode map. */
function readUnicodeMap(map: string): Map<number, string> {
  const texts = new Map<number, string>();
  for (const [, first, , list] of map.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/g)) {
    const start = parseInt(first!, 16);
    for (const [index, [, hex]] of [...list!.matchAll(/<([0-9a-f]*(?: [0-9a-f]+)*)>/g)].entries()) {
      texts.set(start + index, Buffer.from(hex!.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    }
  }
  return texts;
}

function readText(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
  const pieces: string[] = [];
  let font: ReadonlyMap<number, string> | undefined;
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name);
    else {
      const glyphs = [...shown!.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex]) => hex!.match(/.{4}/g) ?? []);
      pieces.push(glyphs.map((glyph) => font?.get(parseInt(glyph, 16)) ?? '\ufffd').join(''));
    }
  }
  return pieces.join(' ').replaceAll('\u00a0', ' ');
}

/** Reads as much of a PDF of pdfkit's making as tests want to know. */
export function readPdf(pdf: Uint8Array): ReadPdf {
  const objects = new Map<number, { readonly head: string; readonly stream: string }>();
  const source = Buffer.from(pdf).toString('latin1');
  for (const [, id, body] of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const at = body!.indexOf('stream\n');
    if (at === -1) {
      objects.set(Number(id), { head: body!, stream: '' });
      continue;
    }
    const bytes = Buffer.from(body!.slice(at + 7, body!.lastIndexOf('\nendstream')), 'latin1');
    const head = body!.slice(0, at);
    objects.set(Number(id), {
      head,
      stream: (head.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1'),
    });
  }
  const follow = (head: string, key: string) => objects.get(Number(new RegExp(`/${key} (\\d+) 0 R`).exec(head)?.[1]));
  const heads = [...objects.values()].map(({ head }) => head);
  const pagesInOrder = [
    ...(/\/Kids \[([^\]]*)\]/.exec(heads.find((head) => /\/Type \/Pages\b/.test(head))!)?.[1] ?? '').matchAll(
      /(\d+) 0 R/g,
    ),
  ];
  const pages = pagesInOrder.map(([, id]): PdfPage => {
    const { head } = objects.get(Number(id))!;
    const resources = follow(head, 'Resources')!.head;
    const fontList = /\/Font <<([\s\S]*?)>>/.exec(resources)?.[1] ?? follow(resources, 'Font')?.head ?? '';
    const fonts = new Map(
      [...fontList.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, fontId]) => [
        name!,
        readUnicodeMap(follow(objects.get(Number(fontId))!.head, 'ToUnicode')?.stream ?? ''),
      ]),
    );
    const content = follow(head, 'Contents')!.stream;
    const [, , width, height] = /\/MediaBox \[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\]/.exec(head)!.slice(1).map(Number);
    return {
      width: width!,
      height: height!,
      text: readText(content, fonts),
      pathCount: [...content.matchAll(/^(?:f|S|B|f\*)$/gm)].length,
    };
  });
  return {
    pages,
    bookmarks: heads
      .filter((head) => head.includes('/Parent') && head.includes('/Title'))
      .map((head) => decodeString(/\/Title \(((?:[^\\)]|\\.)*)\)/s.exec(head)![1]!)),
    embeddedFonts: heads
      .filter((head) => head.includes('/FontFile2'))
      .map((head) => /\/FontName \/(\S+)/.exec(head)![1]!),
    imageCount: heads.filter((head) => head.includes('/Subtype /Image')).length,
    information: Object.fromEntries(
      [...heads.find((head) => head.includes('/Producer'))!.matchAll(/\/(\w+) (\d+) 0 R/g)].map(([, name, id]) => [
        name!,
        decodeString(objects.get(Number(id))!.head.slice(1, -1)),
      ]),
    ),
    language: /\/Lang \(([^)]*)\)/.exec(heads.find((head) => head.includes('/Catalog'))!)?.[1] ?? '',
  };
}
