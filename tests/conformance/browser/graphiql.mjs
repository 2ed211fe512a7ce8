// GraphiQL in Chromium as productgraphd serves it: it starts, completes, runs and subscribes, and asks no other origin for anything.
// PDG_TEST_SHOTS names a folder that receives pictures of it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { commit, done, makeProject, ok, post, same, start } from '../stream/shared.mjs';
import { BROWSER } from './browser.mjs';

const DEADLINE_MS = 20000;
const EDITOR = '.graphiql-query-editor .CodeMirror';
const shots = process.env.PDG_TEST_SHOTS;
const server = await start();
const browser = await chromium.launch({
  executablePath: BROWSER,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** A page that writes down what must not happen; @allowed are complaints that are meant to come. */
async function open(path, options = {}, allowed = /^$/) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  const strangers = [];

  page.setDefaultTimeout(DEADLINE_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !allowed.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    if (!request.failure().errorText.includes('ABORTED') && !allowed.test(request.failure().errorText)) complaints.push(`${request.url()} ${request.failure().errorText}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${server.base}/`) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(`${server.base}${path}`);
  return {
    page,
    async clean(name) {
      ok(strangers.length === 0, `${name}: nothing is asked of another origin`, strangers);
      same(await page.evaluate(() => globalThis.violations), [], `${name}: the policy had to stop nothing`);
      ok(complaints.length === 0, `${name}: the console is silent`, complaints);
    },
    async shoot(name) { if (shots) await page.screenshot({ path: join(shots, `${name}.png`) }); },
  };
}

const answers = (page, text) => page.waitForFunction((wanted) => document.querySelector('.graphiql-response .CodeMirror')?.CodeMirror.getValue().includes(wanted), text);
const write = (page, text) => page.evaluate(([editor, value]) => { document.querySelector(editor).CodeMirror.setValue(value); }, [EDITOR, text]);

async function run(page) {
  await page.click(`${EDITOR} .CodeMirror-lines`);
  await page.keyboard.press('Control+Enter');
}

/* GraphiQL learns the name of the operation a moment after its tab was chosen, and until then asks for that of the tab before. */
async function choose(page, name) {
  await page.click(`.graphiql-tab >> text=/^${name}/`);
  await page.waitForFunction((wanted) => localStorage.getItem('graphiql:operationName') === wanted, name);
}

async function tryPage(colorScheme) {
  const { page, clean, shoot } = await open('/graphiql', { colorScheme });

  await page.waitForSelector(EDITOR);
  const tabs = (await page.locator('.graphiql-tab').allTextContents()).map((text) => text.replace(/ icon$/, '').trim());
  const examples = JSON.parse(readFileSync(new URL('../../../data/graphiql/examples.json', import.meta.url)))
    .map(({ query }) => query.match(/^(?:query|mutation|subscription) (\w+)/m)[1]);

  same(tabs, examples, `${colorScheme}: the examples are the tabs`);
  await run(page);
  await answers(page, '"name": "My organisation"');
  ok(true, `${colorScheme}: Ctrl+Enter runs the first example`);
  await shoot(`graphiql-${colorScheme}`);

  await choose(page, 'FailedSessions');
  await page.click('.graphiql-execute-button');
  await answers(page, '"pageInfo"');
  ok(true, `${colorScheme}: the button runs an example with variables`);
  await page.click('button[aria-label="Show Documentation Explorer"]');
  await page.waitForSelector('.graphiql-doc-explorer >> text=Subscription');
  ok(true, `${colorScheme}: the schema is in the documentation`);
  await shoot(`graphiql-docs-${colorScheme}`);

  await page.click('.graphiql-tab >> text=Projects');
  await write(page, '{ pro }');
  await page.click(`${EDITOR} .CodeMirror-lines`);
  await page.evaluate((editor) => document.querySelector(editor).CodeMirror.setCursor(0, 5), EDITOR);
  await page.keyboard.press('Control+Space');
  await page.waitForSelector('.CodeMirror-hints >> text=projects');
  ok(true, `${colorScheme}: completion knows the field`);
  await shoot(`graphiql-completion-${colorScheme}`);
  await page.keyboard.type('jects');
  await page.keyboard.press('Enter');
  same(await page.evaluate((editor) => document.querySelector(editor).CodeMirror.getValue(), EDITOR), '{ projects }', `${colorScheme}: and writes it`);
  await page.waitForSelector(`${EDITOR} .CodeMirror-lint-mark-error`);
  ok(true, `${colorScheme}: a mistake is underlined`);

  await page.click('button[aria-label="Open settings dialog"]');
  await page.waitForSelector('.graphiql-dialog >> text=Theme');
  await page.waitForFunction(() => getComputedStyle(document.body).overflow === 'hidden');
  ok(true, `${colorScheme}: a dialog may make the style sheet that it needs`);
  await page.keyboard.press('Escape');
  await clean(colorScheme);
  await page.context().close();
}

async function trySubscription(project) {
  const { page, clean } = await open('/graphiql');

  await page.waitForSelector(EDITOR);
  await choose(page, 'Changes');
  await run(page);
  await answers(page, '"sequence"');
  const first = await page.evaluate(() => document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue());

  await commit(server, project);
  await page.waitForFunction((before) => document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue() !== before, first);
  ok(true, 'a subscription tells of a commit');
  await page.click('.graphiql-execute-button');
  await page.waitForSelector('.graphiql-execute-button[aria-label^="Execute"]');
  ok(true, 'and can be stopped');
  await clean('subscription');
  await page.context().close();
}

/** A token that may only read. */
function makeToken() {
  const env = { ...process.env, HOME: server.folder, XDG_CONFIG_HOME: server.folder, XDG_DATA_HOME: server.folder, XDG_RUNTIME_DIR: server.folder };
  const made = spawnSync(process.env.PDG_TEST_DAEMON, ['token', 'create', 'viewer', `--data-dir=${join(server.folder, 'data')}`], { env, encoding: 'utf8' });

  return made.stdout.trim().split(/\s+/).at(-1);
}

async function tryKey() {
  const token = makeToken();
  const { page, clean, shoot } = await open(`/graphiql?key=${token}`);

  await page.waitForSelector(EDITOR);
  ok(token.length > 20 && !page.url().includes(token), 'a token leaves the address', page.url());
  await page.click('.graphiql-editor-tools >> text=Headers');
  await page.waitForFunction((wanted) => [...document.querySelectorAll('.graphiql-editor-tool .CodeMirror')]
    .some(({ CodeMirror }) => CodeMirror.getValue().includes(`"Bearer ${wanted}"`)), token);
  ok(true, 'and stands in the Headers tab');
  await choose(page, 'LoadDemo');
  await run(page);
  await answers(page, '"FORBIDDEN"');
  ok(true, 'it is what the server judges');
  await shoot('graphiql-key');
  await clean('a token');
  await page.context().close();
}

async function tryAway() {
  const { page, shoot } = await open('/graphiql', { colorScheme: 'dark' }, /./);

  await page.waitForSelector(EDITOR);
  await server.stop();
  await run(page);
  await answers(page, 'Is productgraphd running?');
  ok(true, 'without the server the answer says so');
  await shoot('graphiql-away');
}

try {
  const project = await makeProject(server, 'proj_shop');

  await commit(server, project);
  same((await post(server, '{ projects(first: 5) { nodes { id } } }')).data.projects.nodes.some(({ id }) => id === project), true, 'there is a project to ask');
  await tryPage('light');
  await tryPage('dark');
  await trySubscription(project);
  await tryKey();
  await tryAway();
} catch (error) {
  ok(false, 'it went to the end', error.stack);
} finally {
  await browser.close();
  await server.stop();
}
done();
process.exit();
