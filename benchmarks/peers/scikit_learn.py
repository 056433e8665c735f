"""scikit-learn's GaussianMixture, timed, for compare.py: reads one JSON request a line and answers with one.

{"data": FILE.npy, "start": FILE.json, "iterations": n}        from that start: seconds of one iteration
{"data": FILE.npy, "components": K, "seed": s}                 with its defaults: seconds of the fit

The answer holds seconds and log_likelihood (of the whole sample). The first line says the version.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore", ConvergenceWarning)


class Watched(GaussianMixture):
    """Notes when each E-step begins and the log-likelihood it finds, so that only EM is timed: fit() begins with random
    responsibilities even when all parameters are given, and ends with an E-step for the labels."""

    def _e_step(self, X):
        self.begun.append(time.perf_counter())
        mean, log_responsibilities = super()._e_step(X)
        self.log_likelihood = mean * len(X)
        return mean, log_responsibilities


def precisions(covariances, structure):
    return np.linalg.inv(covariances) if structure in ("full", "tied") else 1 / covariances


def iterate(rows, start, iterations):
    parameters = {name: np.array(value) for name, value in start["parameters"].items()}
    structure = {"diagonal": "diag"}.get(start["options"]["covariance"], start["options"]["covariance"])
    model = Watched(
        len(parameters["weights"]), covariance_type=structure, weights_init=parameters["weights"],
        means_init=parameters["means"], precisions_init=precisions(parameters["covariances"], structure),
        init_params="random", max_iter=iterations, tol=0, reg_covar=0)
    model.begun = []
    model.fit(rows)
    return {"seconds": (model.begun[iterations] - model.begun[0]) / iterations, "log_likelihood": model.log_likelihood}


def fit_by_default(rows, components, seed):
    model = GaussianMixture(components, random_state=seed)
    begin = time.perf_counter()
    model.fit(rows)
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, "log_likelihood": float(model.score(rows) * len(rows))}


def answer(request):
    rows = np.load(request["data"])
    if "start" not in request:
        return fit_by_default(rows, request["components"], request["seed"])
    with open(request["start"], encoding="utf-8") as file:
        return iterate(rows, json.load(file), request["iterations"])


print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
