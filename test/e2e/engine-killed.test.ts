import { writeSamples, writeTinyNet } from '../cli/fixtures.ts';
import { killEngine } from './engine-processes.ts';
import { choose, fillExperiment, pressRun, takePicture, waitForStage, waitForVerdict } from './steps.ts';
import { story } from './story.ts';

story('a killed engine is a failed run with a reason, and the next run works', {}, async (window) => {
  const { page, folder } = window;
  const modelPath = writeTinyNet(folder, { channels: 16 });
  await fillExperiment(page, { modelPath, dataPath: writeSamples(folder), name: 'Unlucky', preset: 'int8-static' });
  await pressRun(page);
  // In the midst of its search, which takes long.
  await waitForStage(page, 'Quantize');
  killEngine(window.hostPid);

  await page.getByText(/^Failed after/).waitFor();
  await page.getByText(/^(engine-crashed|out-of-memory)$/).waitFor();
  await page
    .getByText(/engine (process )?(ended|ran out)/i)
    .first()
    .waitFor();
  await takePicture(window, 'engine-killed');
  await page.getByRole('link', { name: 'Run again with changes' }).click();
  await choose(page, 'Preset', 'int8-static-minmax');
  await pressRun(page);
  await waitForVerdict(page);
});
