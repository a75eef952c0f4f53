"""Writes reference.json: what SciPy and NumPy say of the numbers that the crate computes itself.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install numpy scipy
    /tmp/reference/bin/python reference.py > reference.json

Nothing here shares code or method with the crate: the signed-rank distribution is a product of polynomials, Walsh averages
are written out, bounds over several looks are integrated by SciPy's multivariate normal distribution.
"""

import json
import sys

import numpy as np
import scipy
from scipy import stats

random = np.random.default_rng(20240817)


def signed_rank(n):
    """P(W <= c) for every c, by multiplying (1 + x^rank) / 2."""
    share = np.ones(1)
    for rank in range(1, n + 1):
        factor = np.zeros(rank + 1)
        factor[0] = factor[rank] = 0.5
        share = np.convolve(share, factor)
    return np.cumsum(share)


def walsh(values):
    i, j = np.triu_indices(len(values))
    return np.sort((values[i] + values[j]) / 2)


def comparison(values, level):
    averages = walsh(values)
    cumulative = signed_rank(len(values))
    critical = int(np.searchsorted(cumulative, level, side="right")) - 1
    bounds = None
    if critical >= 0:
        bounds = [averages[critical], averages[len(averages) - 1 - critical]]
    return {
        "values": list(values),
        "level": level,
        "estimate": float(np.median(averages)),
        "bounds": bounds,
    }


def wilcoxon(values):
    """SciPy's own exact one-sided test: the chance of so low a sum of positive ranks."""
    answer = stats.wilcoxon(values, alternative="less", method="exact")
    return {"values": list(values), "p": float(answer.pvalue)}


def crossing(times, bounds):
    """The chance of crossing by each look: 1 - P(all below), correlation sqrt(s / t)."""
    by_look = []
    for count in range(1, len(times) + 1):
        t = np.array(times[:count])
        correlation = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
        if count == 1:
            below = stats.norm.cdf(bounds[0])
        else:
            below = stats.multivariate_normal(cov=correlation, abseps=1e-8, releps=1e-8, maxpts=4_000_000).cdf(
                np.array(bounds[:count])
            )
        by_look.append(float(1 - below))
    return {"times": times, "bounds": bounds, "crossed": by_look}


samples = [
    random.normal(0.02, 0.1, 9),
    random.standard_t(2, 24) * 0.05,
    random.laplace(0.1, 0.2, 41),
    np.round(random.normal(0, 0.1, 30), 1),
    np.repeat([0.0, 0.1, -0.1, 0.2], 8),
    random.choice([-0.3, 0.3], 60) + random.normal(0, 0.02, 60),
]

json.dump(
    {
        "made_with": {"numpy": np.__version__, "scipy": scipy.__version__},
        "upper_tail": [[x, float(stats.norm.sf(x))] for x in np.arange(-8, 8.25, 0.25)],
        "upper_quantile": [[p, float(stats.norm.isf(p))] for p in [1e-12, 1e-6, 0.001, 0.0169, 0.05, 0.3, 0.5, 0.9, 0.9999]],
        "signed_rank": {str(n): [float(p) for p in signed_rank(n)] for n in [1, 2, 3, 5, 8, 13, 20]},
        "comparisons": [comparison(values, level) for values in samples for level in [0.05, 0.01, 0.001]],
        "wilcoxon": [wilcoxon(random.normal(0.03, 0.1, n)) for n in [6, 10, 17, 25, 40]],
        "crossings": [
            crossing([0.2, 0.4, 0.6, 0.8, 1.0], [2.413] * 5),
            crossing([0.1, 0.3, 1.0], [2.9, 2.4, 1.8]),
            crossing([1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0], [2.6, 2.5, 2.3, 2.1, 1.9]),
        ],
    },
    sys.stdout,
    indent=1,
)
