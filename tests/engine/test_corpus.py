"""The grader judges rightly, for the right reason: real solutions, mistakes and fakes, live on both builders."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.corpus_cases import FOLDER, Case, load_cases
from tutor.builds.builder import Builder
from tutor.course.exercise import load_exercise
from tutor.engines.docker_engine import DockerEngine
from tutor.grade.baseline import Baselines
from tutor.grade.grader import grade
from tutor.grade.hints import rungs
from tutor.grade.images import image_of
from tutor.grade.remembered import Memory
from tutor.grade.report import Check, GradeReport
from tutor.grade.rig import TRUSTED, Terms
from tutor.language import Words
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

CASES = load_cases()
JOBS = 3
"""How many are graded at a time: enough to keep two cores busy while containers start and stop."""

SILENCE_S = 5.0
"""How long a program may take to answer here; the exercise itself gives it longer."""

EXERCISE = load_exercise(exercises_folder(), "06-optimise")
QUICK = replace(EXERCISE, serve=replace(EXERCISE.serve, deadline_s=SILENCE_S))


class Grades:
    """The grades of all chosen cases, made side by side while the tests wait for theirs."""

    def __init__(self, chosen: list[tuple[Case, Builder]], folder: Path) -> None:
        self._engines = {builder: DockerEngine.connect(builder) for builder in Builder}
        self._baselines = Baselines(Memory(folder / "baselines.json"))
        self._pool = ThreadPoolExecutor(JOBS)
        self._folder = folder
        self.folders = {case.name: case.write(EXERCISE, folder) for case in dict.fromkeys(case for case, _ in chosen)}
        # fakes take the reference's binary: it must be there first
        self.reference = {builder: self._graded(EXERCISE.solution, builder) for builder in Builder}
        self._grades = {(case.name, builder): self._pool.submit(self._grade, case, builder) for case, builder in chosen}

    def _grade(self, case: Case, builder: Builder) -> GradeReport:
        # some of them without a network: both ways of visiting see all kinds of answers, one is dearer
        terms = Terms(isolated=(CASES.index(case) + 2 * list(Builder).index(builder)) % 4 == 0)
        return self._graded(self.folders[case.name], builder, terms)

    def _graded(self, folder: Path, builder: Builder, terms: Terms = TRUSTED) -> GradeReport:
        return grade(QUICK, folder, self._engines[builder], terms=terms, baselines=self._baselines)

    def of(self, case: Case, builder: Builder) -> GradeReport:
        return self._grades[case.name, builder].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        for folder in (*self.folders.values(), EXERCISE.solution):
            self._engines[Builder.BUILDKIT].remove_image(image_of(folder))


@pytest.fixture(scope="module")
def grades(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grades]:
    asked = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    wanted = [(params["case"], params["builder"]) for params in asked if "case" in params and "builder" in params]
    chosen = [(case, builder) for case, builder in wanted if isinstance(case, Case) and isinstance(builder, Builder)]
    made = Grades(chosen, tmp_path_factory.mktemp("corpus"))
    yield made
    made.close()


@pytest.mark.parametrize("builder", list(Builder), ids=str)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(grades: Grades, case: Case, builder: Builder) -> None:
    report = grades.of(case, builder)
    found = {check.id: (str(check.verdict), check.reason) for check in report.checks}
    if case.frontend and builder is Builder.BUILDKIT and found["builds"][0] == "fail":
        assert found["builds"] == ("fail", "base_image")
        assert "docker/dockerfile:1" in sentence(report, "builds")
        return
    assert found == case.expected(EXERCISE, report.engine), told(report)
    assert report.points == sum(EXERCISE.points[check] for check, (verdict, _) in found.items() if verdict == "pass")
    for check in report.checks:
        for words in (Words("en"), Words("ko")):
            assert check.sentence(words)
            assert all(note.sentence(words) for note in check.notes)
            assert bool(rungs(check, words)) == (found[check.id][0] == "fail"), check
    if found["builds"][0] == "pass":
        hold_html_edit(check_of(report, "html-edit"), case, builder)
    if case.value:
        assert check_of(report, "serves").figures["value"] == case.value


def hold_html_edit(check: Check, case: Case, builder: Builder) -> None:
    assert check.figures["layers_rebuilt"] == case.layers
    causes = {str(note.figures["line"]): note.key.removeprefix("rerun_") for note in check.notes}
    if case.notes:
        assert causes == case.notes
    else:
        assert len(causes) in (0, case.layers)
    if builder is Builder.CLASSIC and "metadata" in case.classic:
        assert check.figures["metadata_rebuilt"] == case.classic["metadata"]
    if builder is Builder.BUILDKIT:
        assert check.figures["metadata_rebuilt"] == 0


def check_of(report: GradeReport, id: str) -> Check:
    return next(check for check in report.checks if check.id == id)


def sentence(report: GradeReport, id: str) -> str:
    return check_of(report, id).sentence(Words("en"))


def told(report: GradeReport) -> str:
    return "\n".join(f"{check.verdict:<11} {check.id:<10} {check.sentence(Words('en'))}" for check in report.checks)


@pytest.mark.parametrize("builder", list(Builder), ids=str)
def test_the_reference_passes_and_is_told_what_it_stores_twice(grades: Grades, builder: Builder) -> None:
    report = grades.reference[builder]
    assert report.passed, told(report)
    assert report.points == 100
    size = check_of(report, "size")
    if report.engine.store == "containerd":  # finds that its `chmod +x` has changed nothing, and stores nothing
        assert size.notes == ()
    else:
        assert [note.key for note in size.notes] == ["twice"]
        assert 5 < float(size.figures["twice_mb"]) < 15
    assert check_of(report, "html-edit").figures["layers_rebuilt"] == 1


def test_every_folder_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {case.name for case in CASES}
    assert all(case.says for case in CASES)
