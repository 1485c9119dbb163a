/**
 * How the temporary folder of an engine is called, in the system's: this, then the run's id where there is one, then
 * something random. When the process that made it was killed, `vernier gc` knows it by this name.
 */
export const engineFolderPrefix = 'vernier-engine-';
