"""Trains small models with PyPI's xgboost on generated numbers, and writes them with a thousand random rows
and what xgboost predicts for them: one folder, a model and a table for each.

A table's line: the features, value, margin, and the contributions (`approx_contribs`) with the bias last, with
commas between; `nan` is a missing feature."""

import pathlib
import sys

import numpy
import xgboost

FEATURES = 7
MODELS = {
    "logistic": dict(objective="binary:logistic", max_depth=5, eta=0.3),
    "rare": dict(objective="binary:logistic", max_depth=3, eta=0.1, base_score=0.05, tree_method="exact"),
    "squared": dict(objective="reg:squarederror", max_depth=6, eta=0.3, grow_policy="lossguide", max_leaves=20),
    "regression": dict(objective="reg:logistic", max_depth=4, eta=0.5, num_parallel_tree=3, subsample=0.6),
    "stump": dict(objective="binary:logistic", max_depth=1, eta=1.0),
    "counts": dict(objective="binary:logistic", max_depth=6, eta=0.2),
}


def rows(random, count, name=""):
    if name == "counts":  # Whole numbers, as a pack's features are.
        table = random.poisson(6.0, size=(count, FEATURES)).astype(numpy.float32)
        table[random.random(table.shape) < 0.15] = numpy.nan
        return table
    table = random.normal(size=(count, FEATURES)).astype(numpy.float32)
    table[:, 1] = random.integers(0, 5, size=count)  # Ties with the conditions.
    table[:, 2] = numpy.exp(table[:, 2] * 10)
    table[random.random(table.shape) < 0.15] = numpy.nan
    return table


def main():
    folder = pathlib.Path(sys.argv[1])
    random = numpy.random.default_rng(7)
    names = [f"feature_{index}" for index in range(FEATURES)]
    for name, parameters in MODELS.items():
        table = rows(random, 3000, name)
        known = numpy.nan_to_num(table)
        target = known[:, 0] * known[:, 1] - known[:, 3] + 0.3 * random.normal(size=len(table))
        if name != "squared":
            target = (target > numpy.median(target) if name == "counts" else target > 0.5).astype(numpy.float32)
        data = xgboost.DMatrix(table, label=target, feature_names=names)
        booster = xgboost.train(dict(parameters, seed=3, nthread=1), data, num_boost_round=40)
        booster.save_model(folder / f"{name}.json")
        fresh = rows(random, 1000, name)
        fresh_data = xgboost.DMatrix(fresh, feature_names=names)
        value = booster.predict(fresh_data)
        margin = booster.predict(fresh_data, output_margin=True)
        contributions = booster.predict(fresh_data, pred_contribs=True, approx_contribs=True)
        with (folder / f"{name}.csv").open("w") as output:
            for index in range(len(fresh)):
                numbers = [*fresh[index], value[index], margin[index], *contributions[index]]
                output.write(",".join(repr(float(number)) for number in numbers) + "\n")
    refused(folder, names, random)
    print(xgboost.__version__)


def refused(folder, names, random):
    """What must be refused: dart, several classes, categorical splits."""
    table = rows(random, 300)
    label = (numpy.nan_to_num(table[:, 0]) > 0).astype(numpy.float32)
    data = xgboost.DMatrix(table, label=label, feature_names=names)
    xgboost.train(dict(booster="dart", objective="binary:logistic"), data, 3).save_model(
        folder / "refused-dart.json")
    data = xgboost.DMatrix(table, label=label + (numpy.nan_to_num(table[:, 3]) > 0), feature_names=names)
    xgboost.train(dict(objective="multi:softprob", num_class=3), data, 3).save_model(
        folder / "refused-classes.json")
    table = numpy.abs(random.integers(0, 9, size=(300, 1))).astype(numpy.float32)
    data = xgboost.DMatrix(table, label=(table[:, 0] % 2), feature_names=["kind"], feature_types=["c"],
                           enable_categorical=True)
    xgboost.train(dict(objective="binary:logistic", tree_method="hist"), data, 3).save_model(
        folder / "refused-categories.json")


if __name__ == "__main__":
    main()
