// What the harness calls quiet, noisy, met and not measured.
import assert from 'node:assert/strict';
import test from 'node:test';
import { GOALS, MAX_TRIES, describeGoal, isKept, judgeGoals, runQuietly } from './judge.mjs';

const makeRun = (cores) => {
  let n = 0;
  return () => Promise.resolve({ n: n + 1, phases: { zoom: { othersCores: 0.01 }, fit: { othersCores: cores[n++] } } });
};
const get = (rounds, phase, figure) => (phase ? rounds[0]?.phases[phase]?.[figure] : rounds[0]?.[figure]);
const judgeOne = (goal, results) => judgeGoals(results, get, [goal])[0];
const ratio = { name: 'r', n: 5, phase: 'zoom', figure: 'ms', least: 4, unit: 'times' };
const own = { name: 'o', n: 5, phase: 'zoom', figure: 'ms', most: 7, unit: 'ms' };
const makeRounds = (app, flow, more = {}) => ({ 5: { ours: [{ phases: { zoom: { ms: app } }, ...more }], culled: [{ phases: { zoom: { ms: flow } } }], all: [] } });

test('a quiet run is made once', async () => {
  assert.deepEqual(await runQuietly(makeRun([0.2])).then(({ n, tries, noisy }) => [n, tries, noisy]), [1, 1, false]);
});

test('a noisy one again, until it is quiet', async () => {
  assert.deepEqual(await runQuietly(makeRun([0.5, 0.21, 0.1, 0])).then(({ n, tries, noisy }) => [n, tries, noisy]), [3, 3, false]);
});

test('three more times, and then it is called noisy', async () => {
  const { n, tries, noisy } = await runQuietly(makeRun([1, 1, 1, 0.3, 0]));
  assert.deepEqual([n, tries, noisy, MAX_TRIES], [4, 4, true, 4]);
});

test('a ratio is met, not met, or fails because it was not measured', () => {
  assert.deepEqual([judgeOne(ratio, makeRounds(10, 40))].map(({ verdict, value }) => [verdict, value]), [['met', 4]]);
  assert.ok(isKept(judgeOne(ratio, makeRounds(10, 40))));
  assert.ok(!isKept(judgeOne(ratio, makeRounds(10, 39))));
  for (const results of [{}, makeRounds(undefined, 40), makeRounds(10, undefined), makeRounds(0, 0), { 5: { ours: [], culled: [], all: [] } }]) {
    const goal = judgeOne(ratio, results);
    assert.equal(goal.verdict, 'not measured');
    assert.ok(!isKept(goal));
    assert.match(describeGoal(goal), /: - times, at least 4: not measured$/);
  }
});

test('goals of the app alone are told, and do not decide', () => {
  assert.equal(judgeOne(own, makeRounds(7)).verdict, 'met');
  assert.match(describeGoal(judgeOne(own, makeRounds(7.1, 0, { noisy: true }))), /^goal: o: 7\.10 ms, at most 7: not met, noisy$/);
  assert.ok(isKept(judgeOne(own, makeRounds(7.1))));
});

test('every goal says what it measures', () => {
  assert.equal(new Set(GOALS.map(({ name }) => name)).size, GOALS.length);
  for (const goal of GOALS)
    assert.ok(Number.isFinite(goal.most) !== Number.isFinite(goal.least));
});
