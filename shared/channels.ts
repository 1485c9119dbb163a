/** Electron's two channels. Apart from the contract, so that the preload script need not carry its schemas. */
export const requestChannel = 'vernier:request';
export const eventChannel = 'vernier:event';
