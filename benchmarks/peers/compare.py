#!/usr/bin/python3
"""Times latent, scikit-learn and Armadillo on the same data, from the same starts, on as many threads, in one run.

Two questions: how long does one EM iteration take (one thread), and how good is the fit of one who sets no option (all
cores; 1e5 rows of 8 overlapping Gaussians in 8 dimensions)? The programs take turns, so that a busy machine disturbs
all of them alike; the tables hold medians. All of it is written to BUILD/peers.json.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SAME = 1e-6  # relative difference of log-likelihoods that are called the same
HIT = 1e-4  # log-likelihood per row within which an optimum is reached
LONG_ENOUGH = 10  # seconds that one program may spend on a case before it need not repeat it

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def with_threads(threads):
    return dict(os.environ, **{name: str(threads) for name in THREAD_VARIABLES})


def run_json(command, threads):
    done = subprocess.run(command, env=with_threads(threads), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Latent:
    name = "latent"
    covariances = ("full", "tied", "diagonal", "spherical")

    def __init__(self, build):
        self.program = build / "cli" / "latent"
        if not self.program.exists():
            sys.exit(f"compare.py: {self.program} is missing; ./dev bench --peers builds it")
        self.version = subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split()[-1]

    def fit(self, case, threads, *options):
        command = [self.program, "fit", "gmm", case["data"], "--threads", threads, "--json", *options]
        return run_json([str(word) for word in command], threads)

    def iterate(self, case, threads):
        with tempfile.NamedTemporaryFile("r", suffix=".csv") as trace:
            report = self.fit(case, threads, "--start", case["start"], "--tolerance", 0,
                              "--max-iterations", case["iterations"], "--trace", trace.name)
            # From the end of the first E-step on: n M-steps and E-steps, without reading the file.
            lines = [line.rstrip("\n").split(",") for line in open(trace.name, encoding="utf-8")]
        seconds = [float(line[lines[0].index("seconds")]) for line in lines[1:]]
        return {"seconds": (seconds[-1] - seconds[0]) / case["iterations"],
                "log_likelihood": report["log_likelihood"]}

    def fit_by_default(self, case, threads, seed):
        return self.fit(case, threads, "--components", case["components"], "--seed", seed)

    def optimum(self, case, threads):
        return self.fit(case, threads, "--start", case["start"])["log_likelihood"]


class ScikitLearn:
    name = "scikit-learn"
    covariances = ("full", "tied", "diagonal", "spherical")

    def __init__(self, build):
        self.workers = {}
        self.version = self.worker(1)[1]

    def worker(self, threads):
        if threads not in self.workers:
            process = subprocess.Popen([sys.executable, str(HERE / "scikit_learn.py")], env=with_threads(threads),
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            said = process.stdout.readline()
            if not said:
                reason = process.stderr.read().strip().splitlines()
                raise RuntimeError(reason[-1] if reason else "no answer")
            self.workers[threads] = process, json.loads(said)["version"]
        return self.workers[threads]

    def ask(self, threads, **request):
        process, _ = self.worker(threads)
        print(json.dumps(request), file=process.stdin, flush=True)
        said = process.stdout.readline()
        if not said:
            raise RuntimeError("scikit-learn ended: " + process.stderr.read().strip())
        return json.loads(said)

    def iterate(self, case, threads):
        return self.ask(threads, data=case["data"], start=case["start"], iterations=case["iterations"])

    def fit_by_default(self, case, threads, seed):
        return self.ask(threads, data=case["data"], components=case["components"], seed=seed)


class Armadillo:
    name = "Armadillo"
    covariances = ("full", "diagonal")

    def __init__(self, build):
        self.program = build / "benchmarks" / "peer_armadillo"
        if not self.program.exists():
            raise RuntimeError("libarmadillo-dev was not there when the benchmarks were built")
        self.version = "?"

    def run(self, threads, *words):
        answer = run_json([str(word) for word in (self.program, *words)], threads)
        self.version = answer.pop("version")
        return answer

    def iterate(self, case, threads):
        return self.run(threads, case["data"], case["start"], case["iterations"])

    def fit_by_default(self, case, threads, seed):
        return self.run(threads, case["data"], "default", case["components"], seed)


def available(build):
    programs = [Latent(build)]
    for peer in (ScikitLearn, Armadillo):
        try:
            programs.append(peer(build))
        except (RuntimeError, OSError) as error:
            say(f"without {peer.name}: {error}")
    return programs


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_data(build):
    folder, program = build / "peers", build / "benchmarks" / "peer_data"
    index = folder / "cases.json"
    if not index.exists() or index.stat().st_mtime < program.stat().st_mtime:
        say(f"writing data to {folder}")
        subprocess.run([str(program), str(folder)], check=True)
    cases = json.loads(index.read_text())
    for case in cases:
        add_files(folder, case)
    fits = [{"name": f"default_fit_{seed}", "components": 8, "rows": 100000, "seed": seed} for seed in range(1, 6)]
    return cases, [add_files(folder, fit) for fit in fits]


def add_files(folder, case):
    case["data"], case["start"] = (str(folder / (case["name"] + suffix)) for suffix in (".npy", ".json"))
    return case


def time_iterations(programs, case, repeats):
    runs = {program.name: [] for program in programs if case["covariance"] in program.covariances}
    for _ in range(repeats):
        for program in programs:
            done = runs.get(program.name)
            if done is not None and sum(run["seconds"] for run in done) * case["iterations"] < LONG_ENOUGH:
                done.append(program.iterate(case, 1))
    results = {name: {"seconds": statistics.median(run["seconds"] for run in done),
                      "all_seconds": [run["seconds"] for run in done],
                      "log_likelihood": done[0]["log_likelihood"]} for name, done in runs.items()}
    ours = results["latent"]["log_likelihood"]
    for result in results.values():
        result["difference"] = abs(result["log_likelihood"] - ours) / abs(ours)
    return results


def time_default_fits(programs, cases, threads):
    runs = {program.name: [] for program in programs}
    for case in cases:
        say(case["name"])
        optimum = programs[0].optimum(case, threads)
        for program in programs:
            run = program.fit_by_default(case, threads, case["seed"])
            gap = (optimum - run["log_likelihood"]) / case["rows"]
            runs[program.name].append({"seed": case["seed"], "seconds": run["seconds"], "gap": gap})
    return runs


def iteration_table(programs, results):
    head = ["covariance, N, D, K"]
    for program in programs:
        head += [program.name] if program.name == "latent" else [program.name, "ratio"]
    table = [head + ["same log-likelihood"]]
    for case, result in results:
        ours = result["latent"]["seconds"]
        row = [", ".join(str(case[key]) for key in ("covariance", "rows", "dimensions", "components")), f"{ours:.4f}"]
        for program in programs[1:]:
            theirs = result.get(program.name)
            row += [f"{theirs['seconds']:.3f}", f"{theirs['seconds'] / ours:.1f}"] if theirs else ["", ""]
        others = [f"{name} differs by {theirs['difference']:.1e}" for name, theirs in result.items()
                  if theirs["difference"] > SAME]
        table.append(row + ["; ".join(others) or ("yes" if len(result) > 1 else "")])
    return table


def default_fit_table(runs):
    table = [["", "seconds, median", "slowest", "gap per row, median", "worst", f"within {HIT:g}"]]
    for name, done in runs.items():
        seconds, gaps = [run["seconds"] for run in done], [run["gap"] for run in done]
        table.append([name, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}",
                      f"{statistics.median(gaps):.1e}", f"{max(gaps):.1e}",
                      f"{sum(gap < HIT for gap in gaps)} of {len(gaps)}"])
    return table


def printed(table, as_markdown):
    if as_markdown:
        rule = "|".join(["---"] + ["---:"] * (len(table[0]) - 1))
        lines = ["| " + " | ".join(row) + " |" for row in table]
        return "\n".join([lines[0], f"|{rule}|"] + lines[1:])
    widths = [max(map(len, column)) for column in zip(*table)]
    return "\n".join("  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in
                                                          zip(row[1:], widths[1:])]) for row in table)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="where ./dev bench has built")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each program on each case (default 3)")
    parser.add_argument("--fits", type=int, default=5, help="default fits, each of its own data (default 5, the most)")
    parser.add_argument("--cases", default="", help="only cases with this in their name: full_, _64_")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    options = parser.parse_args()

    programs = available(options.build)
    cases, default_cases = make_data(options.build)
    results = []
    for case in cases:
        if options.cases in case["name"]:
            say(case["name"])
            results.append((case, time_iterations(programs, case, options.repeats)))
    threads = len(os.sched_getaffinity(0))
    defaults = time_default_fits(programs, default_cases[:options.fits], threads) if options.fits else {}

    versions = {program.name: program.version for program in programs}
    load = os.getloadavg()
    print(f"{datetime.date.today()}, load {load[0]:.1f}; " + ", ".join(f"{n} {v}" for n, v in versions.items()))
    print("\nOne EM iteration, one thread, seconds (medians); ratio: how much longer than latent\n")
    print(printed(iteration_table(programs, results), options.markdown))
    if defaults:
        print(f"\nWithout any option, {threads} threads: 1e5 rows of 8 overlapping Gaussians in 8 dimensions,\n"
              f"{len(defaults['latent'])} data sets; gap to the optimum that EM reaches from the true parameters\n")
        print(printed(default_fit_table(defaults), options.markdown))

    record = {"date": str(datetime.date.today()), "load": load, "versions": versions, "threads": threads,
              "iterations": [{"case": case["name"], "iterations": case["iterations"], **result} for case, result in results],
              "default_fits": defaults}
    (options.build / "peers.json").write_text(json.dumps(record, indent=1) + "\n")
    if any(run["difference"] > SAME for _, result in results for run in result.values()):
        say("compare.py: not all programs reached the same log-likelihood")
        sys.exit(1)


if __name__ == "__main__":
    main()
