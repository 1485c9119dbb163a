import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { killEngine } from './engine-processes.ts';
import { readMessages } from './messages.ts';
import { chooseChinese, takePicture, typePath } from './steps.ts';
import { endlessTiming, oneHost, story } from './story.ts';

const words = readMessages('zh-CN');
const word = (key: string): string => words.get(key)!;

story('what goes wrong is said in Chinese', { hosts: oneHost, environment: endlessTiming }, async (window) => {
  const { page, folder } = window;
  await chooseChinese(page);
  await page.getByRole('link', { name: word('navigation.experiment') }).click();

  const textPath = join(folder, 'notes.onnx');
  writeFileSync(textPath, 'Meeting notes, not a model.\n');
  await typePath(page, word('experiment.model'), textPath);
  await page.getByText(`“${textPath}”不是 ONNX 模型，而是文本文件，请使用 .onnx 文件。`).first().waitFor();
  await takePicture(window, 'chinese-bad-model');

  await typePath(page, word('experiment.model'), writeTinyNet(folder, { channels: 16 }));
  await typePath(page, word('experiment.data'), writeSamples(folder, { imageSize: 9 }));
  await page
    .getByText(/形状为 \[24, 3, 9, 9\]，而模型的输入是 .+，数组应为 .+。/)
    .first()
    .waitFor();
  await takePicture(window, 'chinese-wrong-shape');

  await typePath(page, word('experiment.data'), writeSamples(folder));
  await page.getByRole('button', { name: word('experiment.run'), exact: true }).click();
  // Killed in the midst of work, wherever that is.
  await page
    .getByRole('listitem')
    .filter({ hasText: word('stage.latency') })
    .and(page.locator('[data-state=current]'))
    .waitFor();
  killEngine(window.hostPid);
  await page
    .getByText(/引擎(意外结束|内存不足)/)
    .first()
    .waitFor();
  await takePicture(window, 'chinese-engine-killed');
});
