/** `globalTeardown` of jest: ends what `global-setup` has started. */
export { closeServer as default } from './global-setup.js';
