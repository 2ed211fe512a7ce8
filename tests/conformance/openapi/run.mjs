// node run.mjs: runs openapi.mjs, or says that its packages are missing.
import { existsSync } from 'node:fs';

if (existsSync(new URL('node_modules/ajv/package.json', import.meta.url)))
  await import('./openapi.mjs');
else
  console.log('1..0 # SKIP build-aux/install-deps test installs the packages that this needs');
