"""What each layer of an image adds, hides and removes; and the rows that an opened tree shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.builds.contents import Budget, ImageContents, Kind, LayerTree, Node, contents, rows
from tutor.builds.layers import Layer, instruction_text

Entry = tuple[str, Kind, int]


def tree(*entries: Entry, budget: Budget | None = None) -> LayerTree:
    made = LayerTree(budget or Budget())
    for path, kind, size in entries:
        made.add(path, kind, size)
    return made


def image(*trees: LayerTree) -> ImageContents:
    return contents([(Layer(0, f"RUN {i}"), each) for i, each in enumerate(trees)])


def shown(found: ImageContents, limit: int = 10) -> list[str]:
    everything: frozenset[tuple[int, ...]] = frozenset()
    for _ in range(8):  # each round opens one level more
        everything = frozenset(row.at for row in rows(found, everything, limit))
    return [
        f"{'  ' * row.depth}{row.name} {row.node.kind} {row.node.size_bytes}" for row in rows(found, everything, limit)
    ]


def at(node: Node, path: str) -> Node:
    for name in path.split("/"):
        node = next(child for child in node.children if child.name == name)
    return node


def test_folders_hold_the_sum_of_their_files_and_the_largest_come_first() -> None:
    found = image(tree(("etc/passwd", Kind.FILE, 10), ("usr/lib/big", Kind.FILE, 500), ("usr/bin/sh", Kind.FILE, 90)))
    assert (found.size_bytes, found.layers[0].root.files) == (600, 3)
    assert shown(found) == [
        " folder 600",
        "  usr folder 590",
        "    lib folder 500",
        "      big file 500",
        "    bin folder 90",
        "      sh file 90",
        "  etc folder 10",
        "    passwd file 10",
    ]


def test_a_chain_of_folders_with_one_child_each_is_one_row() -> None:
    assert shown(image(tree(("opt/tools/go/bin/go", Kind.FILE, 7)))) == [
        " folder 7",
        "  opt/tools/go/bin folder 7",
        "    go file 7",
    ]


def test_a_removed_file_stays_in_the_image_and_says_how_large_it_is() -> None:
    found = image(
        tree(("data/download", Kind.FILE, 20_000), ("data/kept", Kind.FILE, 5)),
        tree(("data", Kind.FOLDER, 0), ("data/download", Kind.REMOVED, 0)),
    )
    gone = at(found.layers[1].root, "data/download")
    assert (gone.kind, gone.size_bytes, gone.below_bytes) == (Kind.REMOVED, 0, 20_000)
    assert (found.size_bytes, found.hidden_bytes, found.layers[1].root.hidden_bytes) == (20_005, 20_000, 20_000)


def test_a_replaced_file_says_what_it_hides_and_a_new_one_nothing() -> None:
    found = image(tree(("server", Kind.FILE, 8)), tree(("server", Kind.FILE, 9), ("new", Kind.FILE, 1)))
    assert at(found.layers[1].root, "server").below_bytes == 8
    assert at(found.layers[1].root, "new").below_bytes is None
    assert found.hidden_bytes == 8


def test_what_was_removed_can_come_anew_without_hiding_anything() -> None:
    found = image(tree(("f", Kind.FILE, 8)), tree(("f", Kind.REMOVED, 0)), tree(("f", Kind.FILE, 3)))
    assert at(found.layers[2].root, "f").below_bytes is None
    assert found.hidden_bytes == 8


def test_a_folder_that_starts_out_empty_hides_all_that_was_in_it() -> None:
    above = tree(("cache/new", Kind.FILE, 1))
    above.hide_all("cache")
    found = image(
        tree(("cache/a", Kind.FILE, 30), ("cache/b/c", Kind.FILE, 12)), above, tree(("cache/a", Kind.FILE, 2))
    )
    assert at(found.layers[1].root, "cache").below_bytes == 42
    assert at(found.layers[2].root, "cache/a").below_bytes is None


def test_a_file_in_the_place_of_a_folder_hides_the_folder() -> None:
    found = image(tree(("lib/a", Kind.FILE, 3), ("lib/b", Kind.FILE, 4)), tree(("lib", Kind.LINK, 0)))
    assert at(found.layers[1].root, "lib").below_bytes == 7


def test_more_children_than_fit_are_one_row_that_counts_them() -> None:
    found = image(tree(*((f"f{i}", Kind.FILE, 10 - i) for i in range(6))))
    assert shown(found, limit=2) == [" folder 45", "  f0 file 10", "  f1 file 9", "   more 26"]


def test_what_is_beyond_the_budget_counts_in_its_folder() -> None:
    budget = Budget(3)
    found = image(tree(*((f"a/f{i}", Kind.FILE, 2) for i in range(10)), budget=budget))
    assert (found.size_bytes, found.layers[0].root.files, budget.left) == (20, 10, 0)
    assert [child.kind for child in at(found.layers[0].root, "a").children] == [Kind.MORE, Kind.FILE, Kind.FILE]


def test_a_path_deeper_than_any_real_one_is_counted_and_ends_nothing() -> None:
    found = image(tree(("/".join("d" * 3000), Kind.FILE, 4)), tree(("d/" * 3000, Kind.FOLDER, 0)))
    assert found.size_bytes == 4
    assert len(shown(found)) < 100


@given(
    st.lists(st.tuples(st.text("ab/.", max_size=9), st.sampled_from(list(Kind)[:4]), st.integers(0, 9)), max_size=12)
)
def test_any_entries_make_a_tree_whose_folders_are_the_sum_of_what_is_in_them(entries: list[Entry]) -> None:
    sized = [(path, kind, size if kind is Kind.FILE else 0) for path, kind, size in entries]
    found = image(tree(*sized), tree(*reversed(sized)))

    def check(node: Node) -> None:
        if node.kind is Kind.FOLDER:
            assert node.size_bytes == sum(child.size_bytes for child in node.children)
            assert [child.size_bytes for child in node.children] == sorted(c.size_bytes for c in node.children)[::-1]
        for child in node.children:
            check(child)

    for layer in found.layers:
        check(layer.root)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("RUN /bin/sh -c go build -o /server # buildkit", "RUN go build -o /server"),
        ("COPY /build.txt /build.txt # buildkit", "COPY /build.txt /build.txt"),
        ("/bin/sh -c go build", "RUN go build"),
        ('/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'),
        ("", ""),
    ],
)
def test_a_history_entry_is_told_as_its_instruction(kept: str, told: str) -> None:
    assert instruction_text(kept) == told
