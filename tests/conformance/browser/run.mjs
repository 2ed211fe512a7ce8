// node run.mjs TEST: runs TEST.mjs of this folder, or says what is missing.
import { existsSync } from 'node:fs';
import { BROWSER } from './browser.mjs';

if (BROWSER && existsSync(new URL('node_modules/playwright-core/package.json', import.meta.url)))
  await import(`./${process.argv[2]}.mjs`);
else
  console.log('1..0 # SKIP build-aux/install-deps test installs Chromium and the packages that this needs');
