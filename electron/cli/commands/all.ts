import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import { addAgentCommand } from './agent.ts';
import { addBackupCommands } from './backup.ts';
import { addBenchCommand } from './bench.ts';
import { addBundleCommands } from './bundle.ts';
import { addCompareCommand } from './compare.ts';
import { addCompressCommand } from './compress.ts';
import { addDeleteCommand } from './delete.ts';
import { addDiffCommand } from './diff.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExportCommand } from './export.ts';
import { addGcCommand } from './gc.ts';
import { addHistoryCommand } from './history.ts';
import { addInspectCommand } from './inspect.ts';
import { addDevicesCommand, addLabCommand } from './lab.ts';
import { addMarkCommands } from './marks.ts';
import { addMeasureCommand } from './measure.ts';
import { addMetricsCommand } from './metrics.ts';
import { addProveCommand } from './prove.ts';
import { addServeCommand } from './serve.ts';
import { addShowCommand } from './show.ts';
import { addSweepCommand } from './sweep.ts';

/** Every command, in the order of a first visit. Subcommands inherit the settings made so far. */
export function addCommands(program: Command, setExitCode: (code: ExitCode) => void): void {
  addInspectCommand(program, setExitCode);
  addCompressCommand(program, setExitCode);
  addSweepCommand(program, setExitCode);
  addBenchCommand(program, setExitCode);
  addMeasureCommand(program, setExitCode);
  addProveCommand(program, setExitCode);
  addDiffCommand(program, setExitCode);
  addHistoryCommand(program, setExitCode);
  addShowCommand(program, setExitCode);
  addCompareCommand(program, setExitCode);
  addExportCommand(program, setExitCode);
  addBundleCommands(program, setExitCode);
  addMarkCommands(program, setExitCode);
  addDeleteCommand(program, setExitCode);
  addGcCommand(program, setExitCode);
  addBackupCommands(program, setExitCode);
  addServeCommand(program, setExitCode);
  addAgentCommand(program, setExitCode);
  addDevicesCommand(program, setExitCode);
  addLabCommand(program, setExitCode);
  addMetricsCommand(program);
  addDoctorCommand(program, setExitCode);
}
