// node run.mjs TEST: runs TEST.mjs of this folder, or says that its packages are missing.
import { existsSync } from 'node:fs';

if (existsSync(new URL('node_modules/posthog-node/package.json', import.meta.url)))
  await import(`./${process.argv[2]}.mjs`);
else
  console.log('1..0 # SKIP build-aux/install-deps test installs the packages that this needs');
