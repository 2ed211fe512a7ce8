// Chromium for a test: the one of the system, without what it does on its own account.
import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';

export const launch = () => chromium.launch({
  executablePath: BROWSER,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
