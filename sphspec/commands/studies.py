"""The study that a command works on: a file or the default, with options that change its budget."""

from pathlib import Path

from pydantic import ValidationError

from sphspec.study import Study


def chosen_study(
    path: Path | None, samples: int | None, seed: int | None, default: Study | None = None
) -> Study:
    """Return the study of a file, the default one without it, with the budget of the options."""
    return budgeted(default or Study() if path is None else Study.load(path), samples, seed)


def budgeted(chosen: Study, samples: int | None, seed: int | None) -> Study:
    """Return a study with samples and seed of the options, where they are given."""
    changes = {key: value for key, value in (("samples", samples), ("seed", seed)) if value is not None}
    if not changes:
        return chosen
    try:
        budget = type(chosen.budget)(**{**chosen.budget.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"--{first['loc'][0]}: {first['msg']}, got {first['input']}") from None
    return chosen.model_copy(update={"budget": budget})
