// Starts the real productgraphd on a database of its own, for as long as a test runs.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 60000;

// What it said of the marker's groups.
function wait(child, marker, said) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time; it said:\n${said.text}`)), READY_MS);
    const read = (data) => {
      said.text += data;
      const match = said.text.match(marker);
      if (match) {
        clearTimeout(timer);
        resolve(match);
      }
    };

    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code}; it said:\n${said.text}`));
    });
  });
}

/** Starts it with extra options ("--graphql-cost=10"); stop() ends it and removes its folder. */
export async function start(options = [], folder = mkdtempSync(join(tmpdir(), 'pdg-http-'))) {
  const said = { text: '' };
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder };

  chmodSync(folder, 0o711); // another user's folder may lie in it
  for (const name of ['DATABASE_URL', 'PORT', 'PRODUCTGRAPH_TOKEN', 'PRODUCTGRAPH_HOST', 'DISPLAY']) delete env[name];
  const child = spawn(process.env.PDG_TEST_DAEMON, ['serve', '--port=0', `--data-dir=${join(folder, 'data')}`, ...options],
                      { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));

  process.on('exit', () => child.kill('SIGKILL'));
  const [, port] = await wait(child, /listens on http:\/\/[^/\s]*:(\d+) /, said); // one that nobody has
  return {
    base: `http://127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/graphql`,
    folder,
    said,
    pid: child.pid,
    async stop(keep = false) {
      child.kill('SIGTERM');
      await ended;
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}
