"""Base images: what is there, pulls in place of stand-ins, stand-ins built only when needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fake_store import BASES, ROOT, FakeStore
from tutor.builds.engine import LABEL, STAND_IN_LABEL, BuildRequest, ImageInfo, repository_of
from tutor.cli.main import cli
from tutor.cli.settings import Settings
from tutor.engines.bases.images import (
    BaseEvent,
    BaseProgress,
    BaseReady,
    BaseStarted,
    BaseState,
    list_bases,
    pull_bases,
)
from tutor.engines.bases.recipes import load_recipes
from tutor.engines.bases.stand_ins import build_bases
from tutor.errors import TutorError, UsageError
from tutor.places import exercises_folder


def make_root(_folder: Path, suite: str, tar: Path) -> Iterator[str]:
    yield f"unpacking {suite}"
    tar.write_bytes(b"a root")


def no_problem() -> None:
    return None


def build(engine: FakeStore, *names: str) -> list[BaseEvent]:
    return list(build_bases(engine, names, make_root, no_problem))


def built(engine: FakeStore) -> list[str]:
    return [request.tag for request in engine.asked("build") if isinstance(request, BuildRequest)]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("diamol/base:latest", "diamol/base"),
        ("diamol/base", "diamol/base"),
        ("host:5000/diamol/base", "host:5000/diamol/base"),
        ("host:5000/diamol/base:2e", "host:5000/diamol/base"),
        ("base:1", "base"),
    ],
)
def test_the_repository_of_a_tag(tag: str, name: str) -> None:
    assert repository_of(tag) == name


def test_an_image_built_on_a_stand_in_is_none() -> None:
    inherited = {STAND_IN_LABEL: "diamol/base"}
    assert ImageInfo("id", ("diamol/base:latest",), 1, inherited).is_stand_in
    assert not ImageInfo("id", ("web-ping:latest",), 1, inherited).is_stand_in
    assert not ImageInfo("id", (), 1, {}).is_stand_in


@pytest.mark.parametrize(
    ("arguments", "golang"),
    [
        (("bases", "list"), "diamol/golang    stand-in      0.0 MB  its recipe has changed: diamol-tutor bases build"),
        (
            ("bases", "list", "--plain"),
            "diamol/golang: stand-in, 0.0 MB, its recipe has changed: diamol-tutor bases build.",
        ),
        (
            ("--lang", "ko", "bases", "list", "--plain"),
            "diamol/golang: 대체 이미지, 0.0 MB, 만드는 방법이 바뀌었습니다: diamol-tutor bases build.",
        ),
    ],
)
def test_the_list_is_told_in_columns_or_sentences_and_in_the_learners_language(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], golang: str
) -> None:
    engine = FakeStore()
    engine.have("diamol/golang", "an old recipe")
    monkeypatch.setattr(Settings, "engine", lambda _: engine)
    lines = CliRunner().invoke(cli, arguments).output.splitlines()
    assert golang in lines
    assert len(lines) == len(BASES)


def test_the_list_tells_missing_published_and_stand_in_apart() -> None:
    engine = FakeStore()
    engine.have("diamol/base")
    engine.have("diamol/golang", "an old recipe")
    engine.have_current_stand_ins("diamol/node")
    found = {base.name: base for base in list_bases(engine)}
    assert list(found) == list(BASES)
    assert {name: base.state for name, base in found.items()} == {
        "diamol/base": BaseState.PUBLISHED,
        "diamol/golang": BaseState.STAND_IN,
        "diamol/openjdk": BaseState.MISSING,
        "diamol/maven": BaseState.MISSING,
        "diamol/node": BaseState.STAND_IN,
    }
    assert [name for name, base in found.items() if base.is_current] == ["diamol/base", "diamol/node"]
    assert found["diamol/base"].size_bytes == 1000


def test_short_names_and_unknown_names() -> None:
    assert [base.name for base in list_bases(FakeStore(), ("node", "diamol/base"))] == ["diamol/base", "diamol/node"]
    with pytest.raises(UsageError, match="diamol/bas is no base image"):
        list_bases(FakeStore(), ("bas",))


def test_a_recipe_changes_with_its_files_and_with_the_root(tmp_path: Path) -> None:
    folder = tmp_path / "bases"
    shutil.copytree(exercises_folder() / "bases", folder)
    before = load_recipes(folder)
    assert before == load_recipes(folder)
    (folder / "node" / "npmrc").write_text("audit=true\n")
    node = load_recipes(folder)
    changed = [b.image for b, n in zip(before.bases, node.bases, strict=True) if b.digest != n.digest]
    assert changed == ["diamol/node"]
    (folder / "debian" / "apt.conf").write_text("")
    root = load_recipes(folder)
    assert all(b.digest != n.digest for b, n in zip(node.bases, root.bases, strict=True))


def test_a_pull_replaces_a_stand_in() -> None:
    engine = FakeStore()
    engine.have("diamol/base", "a recipe", "sha256:stand-in")
    events = list(pull_bases(engine, ("base",)))
    assert events[0] == BaseStarted("diamol/base", 1, 1)
    progress = events[1]
    assert isinstance(progress, BaseProgress)
    assert progress.pull is not None
    assert (progress.pull.layer_done_bytes, progress.pull.total_bytes) == (500, 1000)
    ready = events[-1]
    assert isinstance(ready, BaseReady)
    assert ready.image.state is BaseState.PUBLISHED
    assert ready.changed
    assert engine.asked("remove_image") == ["sha256:stand-in"]


def test_a_pull_that_brings_nothing_new_removes_nothing() -> None:
    engine = FakeStore()
    list(pull_bases(engine, ("base",)))
    events = list(pull_bases(engine, ("base",)))
    assert [event.changed for event in events if isinstance(event, BaseReady)] == [False]
    assert engine.asked("remove_image") == []


def test_a_stand_in_that_the_learner_gave_another_name_stays() -> None:
    engine = FakeStore()
    engine.have("diamol/base", "a recipe", "sha256:stand-in")
    engine.tag("diamol/base", "mine")
    list(pull_bases(engine, ("base",)))
    assert engine.asked("remove_image") == []
    assert engine.image("mine") is not None


@pytest.mark.parametrize("registry", ["mirror.example:5000", "https://mirror.example:5000/"])
def test_a_mirror_gives_images_under_their_own_name(registry: str) -> None:
    engine = FakeStore()
    list(pull_bases(engine, ("base", "node"), registry))
    assert engine.asked("pull") == ["mirror.example:5000/diamol/base", "mirror.example:5000/diamol/node"]
    assert engine.image("diamol/base") is not None
    assert engine.image("mirror.example:5000/diamol/base") is None


@pytest.mark.parametrize("registry", ["not a host", "ftp://mirror", "host/UPPER", "a b"])
def test_a_registry_that_is_none(registry: str) -> None:
    engine = FakeStore()
    with pytest.raises(UsageError, match="is no registry"):
        list(pull_bases(engine, (), registry))
    assert engine.asked("pull") == []


def test_a_refused_pull_ends_at_that_image() -> None:
    engine = FakeStore(refusals={"diamol/golang": TutorError("The registry's rate limit is reached.", "Log in.")})
    with pytest.raises(TutorError, match="rate limit"):
        list(pull_bases(engine))
    assert engine.asked("pull") == ["diamol/base", "diamol/golang"]


def test_stand_ins_are_built_on_the_root_and_labelled() -> None:
    engine = FakeStore()
    events = build(engine)
    assert built(engine) == [ROOT, *BASES]
    assert [event.name for event in events if isinstance(event, BaseStarted)] == [ROOT, *BASES]
    assert all(base.state is BaseState.STAND_IN and base.is_current for base in list_bases(engine))
    requests = [request for request in engine.asked("build") if isinstance(request, BuildRequest)]
    assert all(LABEL not in request.labels for request in requests), "what is built on it would count as the tutor's"
    assert BaseProgress(ROOT, "unpacking bookworm") in events


def test_nothing_is_built_when_nothing_has_changed() -> None:
    engine = FakeStore()
    build(engine)
    engine.calls.clear()
    events = build(engine)
    assert built(engine) == []
    assert [event.changed for event in events if isinstance(event, BaseReady)] == [False] * len(BASES)


def test_only_what_is_stale_is_built_and_the_old_one_goes() -> None:
    engine = FakeStore()
    engine.have_current_stand_ins()
    engine.have("diamol/node", "an old recipe", "sha256:old")
    build(engine)
    assert built(engine) == ["diamol/node"]
    assert engine.asked("remove_image") == ["sha256:old"]


def test_a_published_image_is_never_built_over() -> None:
    engine = FakeStore()
    engine.have("diamol/golang")
    build(engine)
    assert built(engine) == [ROOT, *(name for name in BASES if name != "diamol/golang")]
    assert list_bases(engine, ("golang",))[0].state is BaseState.PUBLISHED


def test_a_machine_that_cannot_build_says_so_before_anything_is_built() -> None:
    engine = FakeStore()
    with pytest.raises(TutorError, match="takes Debian"):
        list(build_bases(engine, (), make_root, lambda: TutorError("It takes Debian.")))
    assert built(engine) == []


def test_the_context_holds_the_certificates_and_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = tmp_path / "ca.crt"
    certificates.write_text("a certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    seen: dict[str, list[str]] = {}

    class Looking(FakeStore):
        def build(self, request: BuildRequest) -> Iterator[object]:  # type: ignore[override]
            seen[request.tag] = sorted(file.name for file in request.context.iterdir())
            yield from super().build(request)

    build(Looking(), "node")
    assert "root.tar" in seen[ROOT]
    assert "host-ca.crt" in seen["diamol/node"]
    assert not [path for path in tmp_path.iterdir() if path != certificates]


def test_a_proxy_of_this_machine_is_handed_to_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    engine = FakeStore()
    build(engine, "base")
    request = engine.asked("build")[-1]
    assert isinstance(request, BuildRequest)
    assert request.build_args["http_proxy"] == "http://proxy.example:3128"


def test_a_failing_step_is_told_with_its_last_lines() -> None:
    engine = FakeStore(failing=("apt-get update",))
    with pytest.raises(TutorError) as caught:
        build(engine, "golang")
    assert "Building the stand-in of diamol/golang failed" in caught.value.message
    assert "the fake step failed" in caught.value.message
    assert "bases pull" in caught.value.hint
