import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderRun } from '../../electron/cli/run-view.ts';
import { judgeTone } from '../../electron/report/texts/report-figures.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import { exportOptionsSchema, type ReportLanguage } from '../../shared/report-options.ts';
import type { ClosedLoop, RunDocument } from '../../shared/run.ts';
import { readRealRun } from './real-runs.ts';

const run = readRealRun('resnet8-auto');
const loop: ClosedLoop = {
  states: [{ output: 'hn', input: 'h' }],
  steps: 200,
  sqnrDb: 31.04,
  worstTenthSqnrDb: 22.2,
  decisionShare: 0.99,
};
const withLoop = (closedLoop: ClosedLoop | null): RunDocument => ({
  ...run,
  accuracy: { ...run.accuracy, closedLoop },
});

async function write(document: RunDocument, language: ReportLanguage): Promise<string> {
  const { files } = await renderExport([document], exportOptionsSchema.parse({ format: 'md', language }));
  return files.map(({ content }) => String(content)).join('\n');
}

suite('a closed loop is shown', () => {
  test('on the command line', () => {
    const read = (closedLoop: ClosedLoop | null) =>
      renderRun(withLoop(closedLoop), { layers: false, databasePath: '' });
    assert.match(
      read(loop),
      /closed loop over 200 steps, each model with its own states: SQNR 31\.0 dB \(worst tenth 22\.2 dB\), 99\.0 % of decisions alike\n/,
    );
    assert.match(read({ ...loop, decisionShare: null }), /\(worst tenth 22\.2 dB\)\n/);
    assert.doesNotMatch(read(null), /closed loop/);
  });

  test('in reports in both languages', async () => {
    const english = await write(withLoop(loop), 'en');
    assert.match(
      english,
      /own states \(hn → h\): SQNR 31\.0 dB, worst tenth of the steps 22\.2 dB, 99\.0 % of decisions alike\./,
    );
    const chinese = await write(withLoop(loop), 'zh-CN');
    assert.match(
      chinese,
      /闭环运行 200 步，两个模型各自使用自己的状态（hn → h）：SQNR 31\.0 dB，最差 10 % 的步 22\.2 dB，决策一致率 99\.0 ?%。/,
    );
    assert.match(chinese, /闭环运行 200 步：31\.0 dB，决策一致率 99\.0 ?%。/, 'the verdict');
    const far = withLoop({ ...loop, sqnrDb: 6 });
    assert.match(await write(far, 'zh-CN'), /不要发布。.*运行 200 步后，输出与原模型的偏差达到输出大小的 50\.1 ?%/);
    const others = withLoop({ ...loop, decisionShare: 0.5 });
    assert.match(await write(others, 'zh-CN'), /不要发布。.*运行 200 步，决策与原模型不同的占 50\.0 ?%/);
    assert.deepEqual([withLoop(loop), far, others].map(judgeTone), ['warning', 'bad', 'bad']);
    for (const language of ['en', 'zh-CN'] as const)
      assert.doesNotMatch(await write(withLoop(null), language), /closed loop|闭环/);
  });
});
