"""Several studies as one: their grids side by side in one report."""

from collections.abc import Sequence

from sphspec.study import Study

SHARED = ("process", "data", "budget")
LONGEST = 60  # characters of a title made of titles


def compared(studies: Sequence[Study]) -> Study:
    """Return the study that has the settings of all of them, one for one.

    Raises
    ------
    ValueError
        where they differ in process, data or budget, which a report has once; where there is none.
    """
    if not studies:
        raise ValueError("give at least one study")
    first = studies[0]
    for other in studies[1:]:
        for key in SHARED:
            if getattr(first, key) != getattr(other, key):
                raise ValueError(
                    f"studies that are compared need the same {key}: {first.name} has "
                    f"{getattr(first, key)}, {other.name} has {getattr(other, key)}"
                )
    if len(studies) == 1:
        return first
    titles = " / ".join(dict.fromkeys(study.title for study in studies))
    settings = tuple(dict.fromkeys(setting for study in studies for setting in study.settings))
    return first.model_copy(
        update={
            "name": "-".join(dict.fromkeys(study.name for study in studies)),
            "title": titles if len(titles) <= LONGEST else f"{len(studies)} studies side by side",
            "settings": settings,
            "cost": next((study.cost for study in studies if study.cost is not None), None),
        }
    )
