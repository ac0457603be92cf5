"""The base images at work, pulls from a registry, and kits, on a live engine."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import docker
import pytest

from tests.engine.registry import Registry, serving
from tutor.builds.engine import STAND_IN_LABEL, BuildRequest, Exited, OutputLine, RunSpec
from tutor.builds.report import report_of
from tutor.engines.bases import images as bases
from tutor.engines.bases import kit, kit_check, stand_ins
from tutor.engines.bases.images import BaseProgress, BaseReady, BaseStarted, BaseState, list_bases, pull_bases
from tutor.engines.bases.kit import Kit, load_kit, save_kit
from tutor.engines.bases.recipes import RECIPE_LABEL, Recipe, Recipes, load_recipes
from tutor.engines.bases.stand_ins import build_bases
from tutor.engines.connect import connect
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import TutorError
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

DEADLINE_S = 300


def output_of(engine: DockerEngine, image: str, *command: str) -> tuple[list[str], int]:
    events = list(engine.run(RunSpec(image, command=command)))
    exited = events[-1]
    assert isinstance(exited, Exited)
    return [event.text for event in events if isinstance(event, OutputLine)], exited.exit_code


def run_in(engine: DockerEngine, image: str, folder: Path, command: str) -> str:
    """Run a shell command in an image over a copy of a folder, a stand-in without any network; gives its output."""
    offline = bases.look(engine, recipe(image)).state is BaseState.STAND_IN
    client: docker.APIClient = connect()
    container = client.create_container(
        image,
        ["sh", "-c", command],
        working_dir="/work",
        network_disabled=offline,
        labels={"diamol.tutor": "test"},
    )["Id"]
    try:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            archive.add(folder, "work")
        client.put_archive(container, "/", buffer.getvalue())
        client.start(container)
        status = client.wait(container, timeout=DEADLINE_S)["StatusCode"]
        output = client.logs(container).decode()
        assert status == 0, output
        return output
    finally:
        client.remove_container(container, force=True)


def recipe(image: str) -> Recipe:
    return next(found for found in load_recipes().bases if found.image == image)


def test_base_has_a_shell_and_small_tools(buildkit: DockerEngine) -> None:
    script = "echo Building... > /tmp/a && cat /tmp/a && chmod +x /tmp/a && ls -l /tmp/a | cut -c1-10 && id -u"
    assert output_of(buildkit, "diamol/base", "sh", "-c", script) == (["Building...", "-rwxr-xr-x", "0"], 0)


def test_a_relative_workdir_stands_where_the_published_images_have_it(
    buildkit: DockerEngine, context: Path, tag: str
) -> None:
    for image, folder in (("diamol/base", "/web"), ("diamol/golang", "/go/web")):
        (context / "Dockerfile").write_text(f"FROM {image}\nWORKDIR web\n")
        assert report_of(buildkit.build(BuildRequest(context, tag=tag))).succeeded
        assert output_of(buildkit, tag, "pwd") == ([folder], 0)


def test_go_builds_a_folder_without_a_module_and_base_runs_it(buildkit: DockerEngine, context: Path, tag: str) -> None:
    (context / "main.go").write_text(
        'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n\nfunc main() {\n\tfmt.Println(http.StatusText(200))\n}\n'
    )
    (context / "Dockerfile").write_text(
        "FROM diamol/golang AS builder\nCOPY main.go .\nRUN go build -o /server\n"
        'FROM diamol/base\nCOPY --from=builder /server /server\nCMD ["/server"]\n'
    )
    assert report_of(buildkit.build(BuildRequest(context, tag=tag))).succeeded
    assert output_of(buildkit, tag) == (["OK"], 0)
    info = buildkit.image(tag)
    assert info is not None
    assert not info.is_stand_in, "what is built on a stand-in is none"


def test_maven_builds_the_chapter_s_project_from_what_it_holds(buildkit: DockerEngine) -> None:
    output = run_in(
        buildkit,
        "diamol/maven",
        exercises_folder() / "02-java",
        "mvn -B -q dependency:go-offline && mvn -B package && ls target/*.jar",
    )
    assert "BUILD SUCCESS" in output
    assert "Tests run:" in output


def test_npm_installs_the_chapter_s_packages_from_what_it_holds(buildkit: DockerEngine) -> None:
    output = run_in(
        buildkit,
        "diamol/node",
        exercises_folder() / "03-node" / "src",
        """npm install && node -e 'require("express"); require("winston"); console.log("loaded")'""",
    )
    assert output.rstrip().endswith("loaded")


def test_java_runs_without_a_compiler(buildkit: DockerEngine) -> None:
    assert output_of(buildkit, "diamol/openjdk", "java", "-version")[1] == 0
    with pytest.raises(TutorError, match="can't start"):
        output_of(buildkit, "diamol/openjdk", "javac", "-version")


def test_what_is_there_is_not_built_again(buildkit: DockerEngine) -> None:
    events = list(build_bases(buildkit))
    assert [event for event in events if isinstance(event, BaseStarted)] == []
    assert [event.changed for event in events if isinstance(event, BaseReady)] == [False] * 5


@pytest.fixture
def course(buildkit: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recipes]:
    """A course of two tiny base images under names of this test's own; what it leaves on the engine is removed."""
    unique = f"diamol-test-{uuid4().hex[:8]}"
    folders = [tmp_path / name for name in ("root", "one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "Dockerfile").write_text(f"FROM scratch\nCOPY Dockerfile /{folder.name}\n")
    root, one, two = (Recipe(f"{unique}/{folder.name}", folder, f"recipe of {folder.name}") for folder in folders)
    recipes = Recipes(root, "bookworm", (one, two))
    for module in (bases, stand_ins, kit, kit_check):
        monkeypatch.setattr(module, "load_recipes", lambda: recipes)
    yield recipes
    for made in (one, two, root):
        buildkit.remove_image(made.image)


def no_root(_folder: Path, _suite: str, _tar: Path) -> Iterator[str]:
    yield "no root is needed here"


def build_all(engine: DockerEngine) -> list[BaseReady]:
    return [event for event in build_bases(engine, (), no_root, lambda: None) if isinstance(event, BaseReady)]


def test_stand_ins_are_built_labelled_and_built_again_when_their_recipe_changes(
    engine: DockerEngine, course: Recipes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_all(engine)
    assert [ready.changed for ready in first] == [True, True, True]
    one = course.bases[0]
    info = engine.image(one.image)
    assert info is not None
    assert dict(info.labels) == {STAND_IN_LABEL: one.image, RECIPE_LABEL: one.digest}
    assert [ready.changed for ready in build_all(engine)] == [False, False]

    (one.folder / "more").touch()
    (one.folder / "Dockerfile").write_text("FROM scratch\nCOPY more /more\n")
    changed = Recipes(course.root, course.suite, (Recipe(one.image, one.folder, "another"), course.bases[1]))
    for module in (bases, stand_ins):
        monkeypatch.setattr(module, "load_recipes", lambda: changed)
    again = {ready.image.name: ready.changed for ready in build_all(engine)}
    assert again == {course.bases[1].image: False, one.image: True}
    assert engine.image(info.id) is None, "the replaced stand-in must be gone"


def test_a_mirror_s_images_take_the_place_of_stand_ins(buildkit: DockerEngine, course: Recipes) -> None:
    build_all(buildkit)
    architecture = connect().version()["Arch"]
    progress = []
    with serving(Registry(architecture)) as registry:
        for event in pull_bases(buildkit, (course.bases[0].image,), registry.address):
            if isinstance(event, BaseProgress) and event.pull:
                progress.append(event.pull)
                if event.pull.layer:
                    registry.seen.set()
    assert any(pull.layer and pull.layer_total_bytes == registry.layer_bytes for pull in progress), progress
    assert progress[-1].done_bytes == progress[-1].total_bytes > 0
    state = {base.name: base.state for base in list_bases(buildkit)}
    assert list(state.values()) == [BaseState.PUBLISHED, BaseState.STAND_IN]
    assert buildkit.image(f"{registry.address}/{course.bases[0].image}") is None
    assert "/hello.txt" in [entry.path for entry in buildkit.files(course.bases[0].image)]


def test_a_rate_limit_is_told(buildkit: DockerEngine, course: Recipes) -> None:
    registry = Registry("any")
    registry.limited = True
    with serving(registry), pytest.raises(TutorError, match="rate limit") as caught:
        list(pull_bases(buildkit, (course.bases[0].image,), registry.address))
    assert "docker login" in caught.value.hint


def test_a_registry_that_is_not_there_is_told(buildkit: DockerEngine, course: Recipes) -> None:
    with pytest.raises(TutorError, match="no registry can be reached") as caught:
        list(pull_bases(buildkit, (course.bases[0].image,), "no-such-registry.invalid"))
    assert "bases build" in caught.value.hint


def test_a_kit_brings_the_images_back(buildkit: DockerEngine, course: Recipes, tmp_path: Path) -> None:
    build_all(buildkit)
    before = list_bases(buildkit)
    path = tmp_path / "kit.tar"
    saved = list(save_kit(buildkit, path))[-1]
    for base in before:
        buildkit.remove_image(base.name)
    assert {base.state for base in list_bases(buildkit)} == {BaseState.MISSING}
    loaded = list(load_kit(buildkit, path))[-1]
    assert isinstance(loaded, Kit)
    assert loaded == saved
    assert [base.is_current for base in list_bases(buildkit)] == [True, True]
    assert "/two" in [entry.path for entry in buildkit.files(course.bases[1].image)]
