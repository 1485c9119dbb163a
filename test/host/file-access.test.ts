import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { desktopAccess, restrictedAccess } from '../../electron/host/file-access.ts';
import { makeFolder } from '../cli/fixtures.ts';

test('a page writes only where a dialog of the desktop led', () => {
  const files = desktopAccess();
  const refused = (path: string) =>
    assert.throws(() => files.assertWritable(path), { code: 'file-unreadable', message: /not chosen in a dialog/ });
  refused('/home/ada/.profile');
  files.remember('model', ['/home/ada/net.onnx']);
  files.remember('data', ['/home/ada/images']);
  refused('/home/ada/net.onnx');
  refused('/home/ada/images/report.pdf');

  files.remember('save', ['/home/ada/report.pdf']);
  files.assertWritable('/home/ada/report.pdf');
  assert.equal(files.mayReplace('/home/ada/report.pdf'), true);
  refused('/home/ada/report.pdf.bak');

  files.remember('folder', ['/home/ada/out']);
  files.assertWritable('/home/ada/out/mlruns/1');
  assert.equal(files.mayReplace('/home/ada/out/mlruns'), false);
  refused('/home/ada/out/../.profile');
  refused('/home/ada/outside');

  // Opening it refuses what is no history of ours.
  files.assertHistoryPlace('/home/ada/runs.db');
  refused('/home/ada/runs.db');
});

test('the browser host replaces nothing that is not its own', (context) => {
  const root = makeFolder(context);
  const files = restrictedAccess([root]);
  files.assertWritable(join(root, 'report.pdf'));
  assert.equal(files.mayReplace(join(root, 'report.pdf')), false);
});
