// As little of TAP as meson reads.
let n = 0;
let failed = 0;

export function ok(passed, name, detail) {
  n++;
  if (!passed) failed++;
  console.log(`${passed ? 'ok' : 'not ok'} ${n} ${name.replace(/[#\n]/g, ' ')}`);
  if (!passed && detail !== undefined)
    console.log(String(typeof detail === 'string' ? detail : JSON.stringify(detail)).split('\n').map((line) => `# ${line}`).join('\n'));
}

export function same(found, expected, name) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];

  ok(a === b, name, `found    ${a}\nexpected ${b}`);
}

export function done() {
  console.log(`1..${n}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
