import { dialog } from 'electron';
import type { Settings } from '../../shared/contract/requests.ts';
import { retellError } from '../../shared/engine-texts.ts';
import type { DamagedHistory } from '../store/damage.ts';
import { restoreBackup, setDamagedAside } from '../store/restore-backup.ts';

const texts = {
  en: {
    message: 'The history is damaged.',
    backup: (when: string, runCount: number) => `The last backup is of ${when} and holds ${runCount} run(s).`,
    noBackup: 'There is no backup of it.',
    kept: 'Whatever you choose, the damaged file is kept.',
    restore: 'Restore the Backup',
    startEmpty: 'Start an Empty History',
    quit: 'Quit',
  },
  'zh-CN': {
    message: '历史记录已损坏。',
    backup: (when: string, runCount: number) => `最近的备份来自 ${when}，包含 ${runCount} 次运行。`,
    noBackup: '没有可用的备份。',
    kept: '无论如何选择，损坏的文件都会保留。',
    restore: '恢复备份',
    startEmpty: '新建空的历史记录',
    quit: '退出',
  },
} as const;

/**
 * A damaged history is no reason to be left without a window: asks what shall take its place, and puts it there.
 * @returns false when the user would rather quit; nothing was touched then.
 * @throws AppError as `restoreBackup`.
 */
export async function mendHistory(damaged: DamagedHistory, language: Settings['language']): Promise<boolean> {
  const { databasePath, problem, backup } = damaged;
  const words = texts[language];
  const when = backup === null ? '' : new Date(backup.createdTimestampMs).toLocaleString(language);
  const answers = [
    ...(backup === null ? [] : [{ label: words.restore, act: () => restoreBackup(databasePath, backup.path) }]),
    { label: words.startEmpty, act: () => Promise.resolve(setDamagedAside(databasePath)) },
    { label: words.quit, act: null },
  ];
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: words.message,
    detail: [
      retellError(problem, language),
      backup === null ? words.noBackup : words.backup(when, backup.runCount),
      words.kept,
    ].join('\n\n'),
    buttons: answers.map(({ label }) => label),
    defaultId: 0,
    cancelId: answers.length - 1,
    noLink: true,
  });
  const act = answers[response]?.act ?? null;
  await act?.();
  return act !== null;
}
