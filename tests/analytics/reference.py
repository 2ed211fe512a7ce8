#!/usr/bin/python3
"""The reports once more, as plainly as their definitions, by trying everything: reference.py ENGINE [N_CASES [SEED]]. Random small cases
go to the engine's standard input; its answers have to be the same, line by line. Prints TAP."""
import random
import subprocess
import sys

import reference_activity
import reference_buckets
import reference_flow
import reference_funnel
import reference_retention
import reference_trends

REPORTS = {"buckets": reference_buckets, "funnel": reference_funnel, "retention": reference_retention, "trends": reference_trends,
           "activity": reference_activity, "sessions": reference_activity.Sessions, "flow": reference_flow, "paths": reference_flow.Paths}


def show(report, number, case, expected, got):
    print(f"# {report} case {number}: expected {expected!r}, got {got!r}")
    for line in str(case).splitlines():
        print(f"#   {line}")


def check(report, module, engine, n_cases, seed):
    rand = random.Random(f"{report} {seed}")
    cases = [module.make(rand) for _ in range(n_cases)]
    text = "\n".join(module.write(case) for case in cases)
    run = subprocess.run([engine], input=text + "\n", stdout=subprocess.PIPE, text=True, check=False)
    answers = run.stdout.splitlines()
    wrong = 0
    if run.returncode != 0 or len(answers) != n_cases:
        print(f"# the engine ended with {run.returncode} after {len(answers)} of {n_cases} answers")
        wrong = 1
    kinds = {}
    for number, (case, got) in enumerate(zip(cases, answers)):
        expected = module.answer(case)
        kinds[expected] = kinds.get(expected, 0) + 1
        if expected.split() != got.split():
            wrong += 1
            if wrong <= 3:
                show(report, number, case, expected, got)
    print(f"# {report}: {n_cases} cases, {len(kinds)} different answers, {wrong} wrong")
    # Cases that all look alike would prove little.
    return wrong == 0 and len(kinds) > min(n_cases // 20, 100)


def main():
    n_cases = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = sys.argv[3] if len(sys.argv) > 3 else "1"
    print(f"1..{len(REPORTS)}")
    for number, (report, module) in enumerate(REPORTS.items(), 1):
        good = check(report, module, sys.argv[1], n_cases, seed)
        print(f"{'ok' if good else 'not ok'} {number} /analytics/reference/{report}")


if __name__ == "__main__":
    main()
