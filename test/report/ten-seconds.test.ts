import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderDecision, renderFindings } from '../../electron/cli/decision-view.ts';
import { renderRun } from '../../electron/cli/run-view.ts';
import { renderHtml } from '../../electron/report/formats/html.ts';
import { renderMarkdown } from '../../electron/report/formats/markdown.ts';
import { renderPdf } from '../../electron/report/formats/pdf.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { decisionWords } from '../../shared/decision-texts.ts';
import { describeFinding, findingWords } from '../../shared/finding-texts.ts';
import { findingsOf } from '../../shared/findings.ts';
import { decidedRuns } from '../shared/decided-runs.ts';
import { readPdf } from './read-pdf.ts';

const squeeze = (text: string) => text.replace(/\s+/g, '');

/** What page 1 has to say, and must not. */
function expectations({ run, decision }: (typeof decidedRuns)[number], language: 'en' | 'zh-CN') {
  const [first] = findingsOf(run);
  const others = Object.entries(decisionWords[language]).filter(([name]) => name !== decision);
  return {
    decision: decisionWords[language][decision],
    finding: first === undefined ? findingWords[language].none : describeFinding(first, language).title,
    others: others.map(([, word]) => word),
  };
}

/** The decision's words lead; nothing before them says another. */
function assertLeads(text: string, wanted: ReturnType<typeof expectations>, where: string): void {
  const all = squeeze(text);
  const at = all.indexOf(squeeze(wanted.decision));
  assert.notEqual(at, -1, `${where} does not say "${wanted.decision}"`);
  assert.ok(all.includes(squeeze(wanted.finding)), `${where} does not say "${wanted.finding}"`);
  for (const other of wanted.others) {
    // "Not proven" is what an axis may be as well, behind the decision.
    const elsewhere = all.indexOf(squeeze(other));
    assert.ok(elsewhere === -1 || elsewhere > at, `${where} says "${other}" first`);
  }
}

describe('in ten seconds the decision and the first finding are read', () => {
  for (const decided of decidedRuns) {
    test(`of the run that is ${decided.name}, in the terminal`, () => {
      const wanted = expectations(decided, 'en');
      const short = `${renderDecision(decided.run)}\n${renderFindings(decided.run)}`;
      assertLeads(short, wanted, 'show --findings');
      const whole = renderRun(decided.run, { layers: false, databasePath: '/h.db' });
      assertLeads(whole.slice(whole.indexOf('\nFindings')), wanted, 'the end of compress');
    });

    for (const language of ['en', 'zh-CN'] as const) {
      test(`of the run that is ${decided.name}, on page 1 of reports (${language})`, async () => {
        const wanted = expectations(decided, language);
        // The verdict that was stored is that of the run these were made of.
        const run = { ...decided.run, verdict: ['', ''] };
        const report = buildRunReport(run, language, 'A4');
        assertLeads(readPdf(await renderPdf(report)).pages[0]!.text, wanted, 'the PDF');
        assertLeads(renderHtml(report).replace(/<style>.*?<\/style>/s, ''), wanted, 'the HTML');
        assertLeads(renderMarkdown(report).slice(0, 3000), wanted, 'the Markdown');
      });
    }
  }
});
