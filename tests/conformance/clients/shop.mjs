// A little shop in a browser: a page of its own origin with one of pages/ in it, bundled as a shop would.
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BROWSER } from '../browser/browser.mjs';

export const HAVE_BROWSER = BROWSER !== undefined && existsSync(new URL('../browser/node_modules/playwright-core/package.json', import.meta.url));

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>TITLE</title></head><body>
<h1>TITLE</h1><a id="to-cart" href="/cart">Cart</a><button id="buy" class="primary" data-otel-name="Buy button">Buy now</button>
<form id="pay" action="#" onsubmit="return false"><input id="name" name="name"><button id="send">Pay</button></form>
<script src="/app.js"></script></body></html>`;
const TITLES = { '/': 'Shop', '/cart': 'Cart', '/done': 'Done' };

/** Serves it; the page's script reads settings from globalThis.settings. files: more files by path. */
export async function startShop(entry, settings, files = {}) {
  const { outputFiles: [{ text }] } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${entry}`, import.meta.url))], bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error',
  });
  const script = `globalThis.settings = ${JSON.stringify(settings)};\n${text}`;
  const shop = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');

    if (pathname === '/app.js') response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script);
    else if (files[pathname]) response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(readFileSync(files[pathname]));
    else if (pathname === '/api/price') response.writeHead(200, { 'content-type': 'application/json' }).end('{"price":3}');
    else if (TITLES[pathname]) response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE.replaceAll('TITLE', TITLES[pathname]));
    else response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  });

  await new Promise((resolve) => shop.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://localhost:${shop.address().port}`,
    stop() {
      shop.closeAllConnections();
      return new Promise((resolve) => shop.close(resolve));
    },
  };
}

/** A page of a new visitor, which writes down what the browser complains of. */
export async function visit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, userAgent: undefined });
  const page = await context.newPage();
  const complaints = [];

  page.setDefaultTimeout(60000);
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}
