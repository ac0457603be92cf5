"""`diamol-tutor grade` against the live engine: its output, its files, its exit statuses."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tutor.cli.main import main
from tutor.engines.docker_engine import DockerEngine
from tutor.grade.images import image_of
from tutor.places import exercises_folder
from tutor.progress.store import Progress

pytestmark = pytest.mark.engine

DEADLINE_S = 120
START, SOLUTION = (exercises_folder() / "06-optimise" / name for name in ("start", "solution"))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buildkit: DockerEngine) -> Iterator[Path]:
    """A state folder and a workspace of this test's own; the baseline is measured once for all of them."""
    state, workspace = tmp_path / "state", tmp_path / "ws"
    state.mkdir()
    monkeypatch.setenv("DIAMOL_TUTOR_STATE", str(state))
    monkeypatch.setenv("DIAMOL_TUTOR_WORKSPACE", str(workspace))
    kept = tmp_path.parent / "baselines.json"
    if kept.exists():
        shutil.copy(kept, state)
    yield tmp_path
    if (state / "baselines.json").exists():
        shutil.copy(state / "baselines.json", kept)
    buildkit.remove_image(image_of(workspace / "06-optimise"))


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command: its exit status, standard output, standard error."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", *map(str, arguments)])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return command


def checks(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["id"]: check for check in told["checks"]}


@pytest.mark.parametrize("builder", ["buildkit", "classic"])
def test_the_start_file_fails_and_the_reference_passes(run: Run, builder: str) -> None:
    status, out, _ = run("--builder", builder, "grade", START, "--json")
    told = json.loads(out)
    assert (status, told["passed"], told["engine"]["builder"]) == (1, False, builder)
    assert checks(told)["html-edit"]["figures"]["layers_rebuilt"] == 4
    assert set(told["base_images"]) == {"diamol/golang", "diamol/base"}
    assert all(image_id.startswith("sha256:") for image_id in told["base_images"].values())
    status, out, _ = run("--builder", builder, "grade", SOLUTION, "--json")
    told = json.loads(out)
    assert (status, told["passed"], told["points"]) == (0, True, 100)
    assert checks(told)["html-edit"]["figures"]["layers_rebuilt"] == 1
    assert checks(told)["size"]["figures"]["share"] < 0.15
    assert told["builds"]["start_edited"]["layers_rebuilt"] == 4


def test_an_attempt_at_ones_own_copy_is_kept_and_of_other_folders_not(run: Run, place: Path) -> None:
    run("start")
    assert run("grade", "--hint", "--hint")[0] == 1
    run("grade", START)
    attempts = Progress(place / "state" / "progress.db").attempts("06-optimise")
    assert [(attempt.passed, attempt.points) for attempt in attempts] == [(False, 45)]


def test_hints_are_given_one_by_one(run: Run) -> None:
    told = [run("grade", START, *["--hint"] * count)[1].count("Hint:") for count in (0, 1, 2)]
    assert told == [0, 3, 6]


def test_a_class_is_a_table_and_files(run: Run, place: Path) -> None:
    xml, result = place / "j.xml", place / "result.json"
    status, out, err = run("grade", START, SOLUTION, place / "gone", "--junit", xml, "--result", result)
    assert status == 1
    assert [line.split()[:2] for line in out.splitlines()[1:4]] == [
        ["start", "45/100"],
        ["solution", "100/100"],
        ["gone", "!"],
    ]
    assert "1 of 3 passed" in out
    assert err.count("/3 ") == 3
    assert [suite.get("name") for suite in ET.parse(xml).getroot()] == ["start", "solution", "gone"]
    assert json.loads(result.read_text())["max_score"] == 300
    status, out, _ = run("grade", SOLUTION, SOLUTION, "--json", "--jobs", 1)
    assert (status, json.loads(out)["passed"]) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("grade",), 2, "doesn't exist"),
        (("grade", "nowhere"), 2, "doesn't exist"),
        (("grade", "--watch", START, SOLUTION), 2, "for one folder"),
        (("grade", "--exercise", "none", START), 2, "no exercise none"),
        (("grade", "--jobs", "0", START), 2, "--jobs"),
    ],
)
def test_wrong_use_is_a_sentence(run: Run, arguments: tuple[object, ...], status: int, says: str) -> None:
    found, _, err = run(*arguments)
    assert found == status
    assert says in err


def test_without_an_engine_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    status, _, err = run("grade", START)
    assert status == 3
    assert "engine" in err


def test_a_report_that_cannot_be_written_is_a_sentence(run: Run, place: Path) -> None:
    status, _, err = run("grade", START, "--junit", place / "no" / "folder.xml")
    assert status == 2
    assert "can't be written" in err


def test_a_dockerfile_that_does_not_parse_fails_with_its_line(run: Run, place: Path) -> None:
    folder = place / "mine"
    shutil.copytree(START, folder)
    (folder / "Dockerfile").write_text("FROM diamol/base\nCOPPY a b\n")
    status, out, _ = run("grade", folder, "--json")
    told = checks(json.loads(out))
    assert status == 1
    assert (told["builds"]["verdict"], told["builds"]["figures"]["line"]) == ("fail", 2)
    assert told["size"]["verdict"] == "not judged"


def test_watching_grades_every_save_until_it_is_ended(run: Run, place: Path) -> None:
    run("start")
    dockerfile = place / "ws" / "06-optimise" / "Dockerfile"
    command = [sys.executable, "-m", "tutor", "--lang", "en", "grade", "--watch"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    wait_for_the_end_of_a_grade(process)
    dockerfile.write_text("FROM diamol/base\nRUN true\n")
    wait_for_the_end_of_a_grade(process)
    dockerfile.write_bytes((SOLUTION / "Dockerfile").read_bytes())
    wait_for_the_end_of_a_grade(process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130
    assert [line.split()[0] for line in out.splitlines() if "points:" in line] == ["45/100", "40/100", "100/100"]


def wait_for_the_end_of_a_grade(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Waiting"):
            return
    raise AssertionError("it ended")
