import * as path from 'node:path';

/** Folder of everything shipped beside the constructs. */
export const ASSETS = path.join(__dirname, '..', '..', 'assets');
