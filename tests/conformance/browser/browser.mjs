// Where the browser is; nothing of the tests needs one when it is not there.
import { existsSync } from 'node:fs';

export const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
