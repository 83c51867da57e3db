import { tearDown } from './global-setup.js';

/** Jest calls this once after the last test file. */
export default tearDown;
