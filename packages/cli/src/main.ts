import { runProgram } from './program.js';
import { ProcessTerminal } from './terminal/process-terminal.js';

const exitCode = await runProgram(process.argv.slice(2), new ProcessTerminal());
// An application that runs ends this process itself, later. Everything else is over now, whatever a module that was
// only looked at has opened while it was imported.
if (exitCode !== undefined) process.exit(exitCode);
