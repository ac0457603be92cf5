"""Whether a solution serves its page as it should, read off from two visits. Pure."""

from __future__ import annotations

from tutor.course.exercise import Exercise
from tutor.grade.measured import Measured, Served
from tutor.grade.report import Figure


def serving_problem(exercise: Exercise, measured: Measured) -> str:
    """Why a container of the solution doesn't do what the program should, or "" when it does."""
    served, other = measured.served, measured.served_other
    if served is None or not served.answer.status:
        return _silence(exercise, served)
    if served.answer.status != 200:
        return "status"
    if not served.is_page:
        return "not_the_page"
    places = _places(exercise, measured)
    value = greeting(exercise, measured)
    if not places:
        return "no_place"
    if not other or not any(measured.other_user in shown.value for shown in other.values or ()):
        return "value_fixed" if value else "value_never"
    return "" if value else "no_value"


def _silence(exercise: Exercise, served: Served | None) -> str:
    """Why nothing answered."""
    if served is None or not served.started:
        return "cannot_start"
    if served.exit_code is not None:
        return "exited"
    return "other_port" if served.exposed and exercise.serve.port not in served.exposed else "no_answer"


def greeting(exercise: Exercise, measured: Measured) -> str:
    """What the page shows for the environment variable, when nobody sets it from outside."""
    values = measured.served.values if measured.served else None
    found = [values[place].value for place in _places(exercise, measured) if values and place < len(values)]
    return found[0] if found else ""


def _places(exercise: Exercise, measured: Measured) -> tuple[int, ...]:
    """Which of the page's places show the variable: those that changed with it, else those whose action names it."""
    other = measured.served_other.values if measured.served_other else None
    own = measured.served.values if measured.served else None
    changed = tuple(i for i, shown in enumerate(other or ()) if measured.other_user in shown.value)
    named = tuple(i for i, shown in enumerate(own or ()) if exercise.serve.variable.lower() in shown.action.lower())
    return changed or named


def serving_figures(exercise: Exercise, measured: Measured) -> dict[str, Figure]:
    served = measured.served
    if served is None:
        return {}
    return {
        "port": exercise.serve.port,
        "deadline_s": exercise.serve.deadline_s,
        "variable": exercise.serve.variable,
        "value": greeting(exercise, measured),
        "status": served.answer.status,
        "exit_code": served.exit_code if served.exit_code is not None else -1,
        "last_line": served.last_lines[-1] if served.last_lines else served.answer.problem,
        "exposed": ", ".join(str(port) for port in served.exposed),
        "page": exercise.html_edit.file,
    }
