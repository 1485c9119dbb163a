/** An agent in a process of its own, to be killed or stopped: server, folder, name. */
import { fileURLToPath } from 'node:url';
import { startAgent } from './lab-fixture.ts';

const [server, folder, name] = process.argv.slice(2) as [string, string, string];
const agent = await startAgent(server, folder, {
  name,
  entryPath: fileURLToPath(new URL('./lab-engine.ts', import.meta.url)),
  onLog: (line) => process.stdout.write(`${line}\n`),
});
await agent.ended;
