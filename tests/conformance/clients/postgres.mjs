// A PostgreSQL that can be taken away from the server under test and given back: its programs are links in a folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function findPrograms() {
  if (process.env.PRODUCTGRAPH_PG_BINDIR) return process.env.PRODUCTGRAPH_PG_BINDIR;
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => b - a) : [];
  const debian = versions.map((version) => `/usr/lib/postgresql/${version}/bin`).find((folder) => existsSync(join(folder, 'postgres')));

  return debian ?? execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
}

/** Makes the folder of links and has the servers started from now on use it. */
export function linkPostgres() {
  const programs = findPrograms();
  const top = mkdtempSync(join(tmpdir(), 'pdg-pg-'));
  const folder = join(top, 'bin');

  execFileSync('chmod', ['711', top]);
  mkdirSync(folder);
  for (const name of readdirSync(programs)) symlinkSync(join(programs, name), join(folder, name));
  process.env.PRODUCTGRAPH_PG_BINDIR = folder;
  return {
    /** Stops the server's PostgreSQL, which cannot start again before give(). */
    take(server) {
      const majors = join(server.folder, 'data', 'pg');
      const major = readdirSync(majors).find((name) => existsSync(join(majors, name, 'postmaster.pid')));

      unlinkSync(join(folder, 'postgres'));
      process.kill(Number(readFileSync(join(majors, major, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGINT');
    },
    give() { symlinkSync(join(programs, 'postgres'), join(folder, 'postgres')); },
    remove() { rmSync(top, { recursive: true, force: true }); },
  };
}
