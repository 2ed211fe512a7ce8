// What processes use, from /proc.
import { readFileSync, readdirSync } from 'node:fs';

const TICKS = 100; // USER_HZ of every Linux that has Chromium

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const listProcesses = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? [] : [{ pid: Number(pid), parent: Number(fields[1]), ms: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS }];
});

const listTree = (root) => {
  const all = listProcesses();
  const tree = [];
  for (let level = all.filter(({ pid }) => pid === root); level.length > 0;) {
    tree.push(...level);
    level = all.filter(({ parent }) => level.some(({ pid }) => pid === parent));
  }
  return tree;
};

const getBusyMs = () => {
  const [user, nice, system, , , irq, softirq] = read('/proc/stat').split('\n')[0].split(/\s+/).slice(1).map(Number);
  return ((user + nice + system + irq + softirq) * 1000) / TICKS;
};

// CPU time of the tree and of everything together, now.
export const sample = (root) => ({ at: performance.now(), tree: listTree(root).reduce((sum, { ms }) => sum + ms, 0), all: getBusyMs() });

// Of the tree between two samples: CPU milliseconds, and how many cores all others used.
export const compare = (before, after) => {
  const cpuMs = after.tree - before.tree;
  return { cpuMs, othersCores: Math.max(after.all - before.all - cpuMs, 0) / (after.at - before.at) };
};

// MB of the tree: proportional and anonymous.
export const getMemory = (root) => listTree(root).reduce((sum, { pid }) => {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const get = (name) => Number(rollup.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))?.[1] ?? 0) / 1024;
  return { pssMb: sum.pssMb + get('Pss'), anonymousMb: sum.anonymousMb + get('Anonymous') };
}, { pssMb: 0, anonymousMb: 0 });
