import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decisionWords } from '../../shared/decision-texts.ts';
import { describeFinding, findingWords } from '../../shared/finding-texts.ts';
import { findingsOf } from '../../shared/findings.ts';
import { decidedRuns, slowedLayer } from '../shared/decided-runs.ts';
import { openPage, skip, startBrowser, type StartedBrowser } from './browser.ts';
import { findViolations } from './find-violations.ts';
import { hostOf } from './pages.ts';
import { detailsOf } from './stub-bridge.ts';

const size = { width: 1280, height: 800 };

void describe('in ten seconds the decision and the first finding are read in the window', { skip }, () => {
  let browser: StartedBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  for (const [index, { name, run, decision }] of decidedRuns.entries()) {
    const language = index % 2 === 0 ? 'en' : 'zh-CN';
    const theme = index < 2 ? 'light' : 'dark';
    void it(`of the run that is ${name}, without scrolling (${language})`, async () => {
      const pageCase = {
        name,
        hash: `#/run/${run.runId}`,
        ready: 'canvas',
        host: { details: [detailsOf(run, {})] },
      };
      const { page, problems } = await openPage(browser, pageCase, hostOf(pageCase, { theme, language }), size);
      const [first] = findingsOf(run);
      const finding = first === undefined ? findingWords[language].none : describeFinding(first, language).title;
      for (const text of [decisionWords[language][decision], finding]) {
        const box = await page.getByText(text, { exact: true }).first().boundingBox();
        assert.ok(box !== null && box.y + box.height < size.height, text);
      }
      // Colour says what the words say: nothing but what is proven is green.
      const states = await page.locator('[data-state]').evaluateAll((all) => all.map((each) => each.dataset['state']));
      assert.equal(states.filter((state) => state === 'good').length === 3, decision === 'ship');
      assert.deepEqual(await findViolations(page), []);
      assert.deepEqual(problems, []);
      await page.context().close();
    });
  }

  void it('a finding begins the experiment that would mend it', async () => {
    const { run } = decidedRuns.find(({ name }) => name === 'slower')!;
    const pageCase = {
      name: 'mend',
      hash: `#/run/${run.runId}`,
      ready: 'canvas',
      host: { details: [detailsOf(run, {})] },
    };
    const { page } = await openPage(browser, pageCase, hostOf(pageCase, {}), size);
    await page.getByRole('link', { name: 'Keep these layers in float' }).first().click();
    await page.getByRole('button', { name: 'All options' }).click();
    await page.getByText(slowedLayer, { exact: true }).first().waitFor();
    assert.match(page.url(), /from=.*&mend=slowerLayers/);
    await page.context().close();
  });
});
