import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { writeSamples } from '../cli/fixtures.ts';
import { detector } from '../engine/detector-model.ts';
import { goTo, takePicture, typePath } from './steps.ts';
import { oneHost, story } from './story.ts';

story(
  'a detector that selects inside: told beforehand, and its labels refused with what to do',
  { hosts: oneHost },
  async (window) => {
    const { page, folder } = window;
    const modelPath = join(folder, 'detector.onnx');
    writeFileSync(modelPath, encodeModel(detector));
    const labelsPath = join(folder, 'labels.txt');
    writeFileSync(labelsPath, '0\n1\n2\n'.repeat(8));
    await goTo(page, 'New experiment');
    await typePath(page, 'ONNX file', modelPath);
    await page.getByText(/^"indices" returns as many results as it finds, .* \(layers with weights: 0\)\.$/).waitFor();
    await takePicture(window, 'detector-model');
    await typePath(page, 'Samples', writeSamples(folder));
    await typePath(page, 'Labels (optional)', labelsPath);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page
      .getByText(
        `The labels in "${labelsPath}" cannot be used, because the output of this model was selected by "indices"`,
      )
      .first()
      .waitFor();
    await takePicture(window, 'detector-labels');
  },
);
