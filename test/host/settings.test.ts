import assert from 'node:assert/strict';
import test from 'node:test';
import { SettingsFile } from '../../electron/host/settings.ts';
import { makeFolder } from '../cli/fixtures.ts';

void test('what one host sets is kept when another, opened before, sets something else', (context) => {
  const folder = makeFolder(context);
  const [window, browser] = [new SettingsFile(folder), new SettingsFile(folder)];
  window.set({ theme: 'dark' });
  const saved = browser.set({ language: 'zh-CN' });
  assert.deepEqual([saved.theme, saved.language], ['dark', 'zh-CN']);
  const reopened = new SettingsFile(folder).get();
  assert.deepEqual([reopened.theme, reopened.language], ['dark', 'zh-CN']);
});
