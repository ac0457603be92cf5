"""The chapter's three applications: each builds, does its work alone, and all three work together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from uuid import uuid4

import pytest

from tests.engine.blocks import BLOCK_BYTES, counts_blocks, stored_bytes
from tutor.builds.engine import BuildRequest, Container, Engine, Exited, OutputLine, RunSpec
from tutor.builds.layers import total_size_bytes
from tutor.builds.report import BuildReport, report_of
from tutor.engines.docker_engine import DockerEngine
from tutor.places import exercises_folder
from tutor.visit import Answer, visit

pytestmark = pytest.mark.engine

DEADLINE_S = 60
JAVA, NODE, GO = (exercises_folder() / name for name in ("02-java", "03-node", "04-go"))
NO_NASA = {"APOD_URL": "http://nasa.invalid/"}
"""No picture from outside: the built-in ones are shown, with and without a network."""

LINKS_BYTES = 1000
"""Room for what engines count for links, which are files of no size: the names they point to."""

Start = Callable[..., Container]


def built(engine: Engine, folder: Path, tag: str) -> BuildReport:
    report = report_of(engine.build(BuildRequest(folder, tag=tag)))
    assert report.succeeded, report.failure
    return report


@pytest.fixture(scope="module")
def images(buildkit: DockerEngine) -> Iterator[Mapping[str, str]]:
    """The three images by the names their containers have on a network."""
    unique = uuid4().hex[:8]
    names = {"iotd": JAVA, "accesslog": NODE, "gallery": GO}
    tags = {name: f"diamol-tutor/test-{name}:{unique}" for name in names}
    for name, folder in names.items():
        built(buildkit, folder, tags[name])
    yield tags
    for tag in tags.values():
        buildkit.remove_image(tag)


@pytest.fixture
def start(buildkit: DockerEngine, images: Mapping[str, str]) -> Iterator[Start]:
    """Starts an application on a network of this test's own, under its alias, and removes all in the end."""
    network = f"test-{uuid4().hex[:8]}"
    buildkit.create_network(network)
    started: list[str] = []

    def begin(
        app: str, env: Mapping[str, str] | None = None, command: tuple[str, ...] = (), alias: str = ""
    ) -> Container:
        name = f"{network}-{alias or app}"
        spec = RunSpec(images[app], name, command, env or {}, {80: 0}, network=network, alias=alias or app)
        container = buildkit.start(spec)
        started.append(container.id)
        return container

    yield begin
    for container in started:
        buildkit.remove_container(container)
    buildkit.remove_network(network)


def ask(container: Container, path: str, data: str = "") -> Answer:
    method = "POST" if data else "GET"
    return visit(f"http://127.0.0.1:{container.ports[80]}{path}", DEADLINE_S, method=method, data=data)


def test_image_is_no_more_than_its_base_and_what_is_copied(engine: Engine, tag: str) -> None:
    for folder, base, copied_to in ((JAVA, "diamol/openjdk", "/app/"), (NODE, "diamol/node", "/app/")):
        report = built(engine, folder, tag)
        added = report.layers[len(engine.layers(base)) :]
        copied = [file.size_bytes for file in engine.files(tag) if f"{file.path}/".startswith(copied_to)]
        most = sum(copied) + LINKS_BYTES
        if counts_blocks(engine):  # each layer has / and /app
            most = sum(map(stored_bytes, copied)) + 2 * BLOCK_BYTES * len(added)
        assert 0 < total_size_bytes(added) <= most, folder


def test_gallery_holds_its_program_and_page_and_no_compiler(engine: Engine, tag: str) -> None:
    report = built(engine, GO, tag)
    added = report.size_bytes - total_size_bytes(engine.layers("diamol/base"))
    files = {file.path: file.size_bytes for file in engine.files(tag) if file.kind == "file"}
    # the chapter's chmod layer stores the program a second time (section 5 shows how to avoid it)
    assert added <= 2 * files["/web/server"] + files["/web/index.html"]
    assert not [path for path in files if path.endswith("/go") or path.endswith("main.go")]


def test_java_unit_tests_run_in_the_build(buildkit: DockerEngine, tag: str) -> None:
    report = report_of(buildkit.build(BuildRequest(JAVA, tag=tag, target="builder", no_cache=True)))
    assert report.succeeded, report.failure
    lines = [line for step in report.steps for line in step.last_lines]
    assert [line for line in lines if "Tests run: " in line and "Failures: 0, Errors: 0, Skipped: 0" in line]


@pytest.mark.parametrize(
    ("folder", "base", "command"),
    [(GO, "diamol/golang", "go vet . && go test ."), (NODE, "", "node test/server.test.js")],
    ids=["go", "node"],
)
def test_unit_tests_of_the_application(
    buildkit: DockerEngine,
    images: Mapping[str, str],
    tmp_path: Path,
    tag: str,
    folder: Path,
    base: str,
    command: str,
) -> None:
    context = tmp_path / "context"
    shutil.copytree(folder, context, ignore=shutil.ignore_patterns(".dockerignore", "Dockerfile", "src"))
    env = "" if base else "ENV SERVER=/app/server.js\n"
    (context / "Dockerfile").write_text(f"FROM {base or images['accesslog']}\n{env}COPY . .\nRUN {command}\n")
    built(buildkit, context, tag)


def test_the_page_shows_javas_picture_and_node_counts_the_visits(start: Start) -> None:
    java, node, go = start("iotd", NO_NASA), start("accesslog"), start("gallery")
    picture = json.loads(ask(java, "/image").body)
    assert set(picture) == {"url", "caption", "copyright"}
    assert json.loads(ask(node, "/stats").body) == {"logs": 0}
    for visits in (1, 2):
        page = ask(go, "/")
        assert page.status == 200
        assert escape(picture["caption"]) in page.body
        assert 'class="note"' not in page.body
        assert json.loads(ask(node, "/stats").body) == {"logs": visits}


def test_the_picture_comes_from_nasa_and_is_asked_for_once(start: Start, buildkit: DockerEngine) -> None:
    answer = {"title": "A <test> of ours", "media_type": "image", "url": "https://example.org/a.jpg"}
    program = (
        "process.on('SIGTERM', () => process.exit(0)); require('http').createServer((request, response) =>"
        f" {{ console.log(request.url); response.end({json.dumps(json.dumps(answer))}); }}).listen(80);"
    )
    nasa = start("accesslog", command=("node", "-e", program), alias="nasa")
    assert ask(nasa, "/ready").status == 200
    java = start("iotd", {"APOD_URL": "http://nasa/apod", "APOD_KEY": "a-key"})
    assert json.loads(ask(java, "/image").body)["caption"] == answer["title"]
    start("accesslog")
    go = start("gallery")
    page = ask(go, "/")
    assert "A &lt;test&gt; of ours" in page.body
    assert 'src="https://example.org/a.jpg"' in page.body
    asked = [line for line in buildkit.logs(nasa.id) if line != "/ready"]
    assert asked == ["/apod?thumbs=true&api_key=a-key"]


def test_gallery_alone_is_still_a_page(start: Start) -> None:
    page = ask(start("gallery"), "/")
    assert page.status == 200
    assert "There is no picture just now" in page.body
    assert "This visit is not in the log" in page.body


def test_gallery_makes_do_with_an_answer_that_is_no_picture(start: Start) -> None:
    node = start("accesslog")
    assert ask(node, "/stats").status == 200
    page = ask(start("gallery", {"IMAGE_API_URL": "http://accesslog/stats"}), "/")
    assert page.status == 200
    assert "There is no picture just now" in page.body
    assert "This visit is not in the log" not in page.body


def test_access_log_writes_and_counts_visits_only(start: Start, buildkit: DockerEngine) -> None:
    node = start("accesslog")
    assert ask(node, "/stats").status == 200
    assert ask(node, "/access-log", '{"page": "/seen"}').status == 201
    assert ask(node, "/access-log", '{"page": ').status == 400
    assert json.loads(ask(node, "/stats").body) == {"logs": 1}
    assert [line for line in buildkit.logs(node.id) if '"page":"/seen"' in line]


@pytest.mark.parametrize(("app", "path"), [("iotd", "/image"), ("accesslog", "/stats"), ("gallery", "/")])
def test_a_stop_ends_the_program_without_a_kill(start: Start, buildkit: DockerEngine, app: str, path: str) -> None:
    container = start(app, NO_NASA)
    assert ask(container, path).status == 200
    buildkit._client.stop(container.id, timeout=DEADLINE_S)
    ended = buildkit.inspect(container.id)
    assert ended is not None
    assert ended.exit_code == (143 if app == "iotd" else 0)  # a JVM says 128 + SIGTERM


def test_an_argument_goes_to_the_entrypoint_and_replaces_a_cmd(
    buildkit: DockerEngine, images: Mapping[str, str]
) -> None:
    asked = list(buildkit.run(RunSpec(images["iotd"], command=("--version",))))
    assert asked == [OutputLine("iotd-service 0.1.0"), Exited(0)]
    refused = list(buildkit.run(RunSpec(images["iotd"], command=("sh",))))
    assert refused[-1] == Exited(2)
    node = list(buildkit.run(RunSpec(images["accesslog"], command=("node", "--version"))))
    assert isinstance(node[0], OutputLine)
    assert node[0].text.startswith("v")
    assert node[-1] == Exited(0)
