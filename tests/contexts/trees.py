"""Small build contexts, each with something tricky in its `.dockerignore` or its files.

`landed.json` beside this file tells which entries `COPY . /ctx/` brings into the image for each, as the Docker CLI
builds it: see `tests.contexts.record`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = (
    "a.txt",
    "b.txt",
    "README.md",
    "Makefile",
    ".env",
    ".git/config",
    "docs/guide.md",
    "docs/api/index.md",
    "node_modules/p/index.js",
    "src/main.go",
    "src/main_test.go",
    "src/lib/lib.go",
    "src/lib/deep/x.go",
)
DOCKERFILE = "FROM scratch\nCOPY . /ctx/\n"


@dataclass(frozen=True)
class Tree:
    """A context: names that end with `/` are empty folders; `links` go from name to target; `modes` from name to mode.

    `dockerfile` is where the Dockerfile stands; `own_ignore` is the content of `<Dockerfile>.dockerignore`.
    """

    name: str
    ignore: str | bytes | None = None
    files: tuple[str, ...] = PROJECT
    links: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    dockerfile: str = "Dockerfile"
    own_ignore: str | None = None

    def write(self, folder: Path) -> None:
        """Make the tree in an empty folder, with the usual modes whatever the umask is."""
        for name in (*self.files, self.dockerfile):
            path = folder / name
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.write_bytes(os.fsencode(DOCKERFILE if name == self.dockerfile else name))
        if self.ignore is not None:
            data = self.ignore if isinstance(self.ignore, bytes) else self.ignore.encode()
            (folder / ".dockerignore").write_bytes(data)
        if self.own_ignore is not None:
            (folder / f"{self.dockerfile}.dockerignore").write_text(self.own_ignore)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for name, mode in self.modes.items():
            (folder / name).chmod(mode)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)


TREES = (
    Tree("no ignore file"),
    Tree("empty ignore file", ""),
    Tree("comment, blank lines", "# a.txt\n\n   \nb.txt\n"),
    Tree("comment sign behind blanks is a pattern", "  # a.txt\nb.txt", (*PROJECT, "# a.txt")),
    Tree("blanks around patterns", "  a.txt \t\n\tb.txt  \n ! \tdocs\nREADME.md\u3000\n"),
    Tree("no newline at the end", "a.txt"),
    Tree("lines of Windows", "a.txt\r\nsrc\r\n\r\n!src/main.go\r\n"),
    Tree("byte order mark", b"\xef\xbb\xbfa.txt\nb.txt\n"),
    Tree("leading slash", "/a.txt\n//src//lib\n/docs/*\n"),
    Tree("trailing slash", "src/lib/\ndocs/\na.txt/\n"),
    Tree("dots in paths", "./a.txt\nsrc/./lib\nsrc/../b.txt\n../README.md\n"),
    Tree("only a dot, only a slash", ".\n/\n..\n"),
    Tree("star stays in its folder", "*.md\n*/*.go\n"),
    Tree("star matches a folder", "*ib\n*/l*\ndo*\n"),
    Tree("two stars anywhere", "**/*.md\n**/lib\n"),
    Tree("two stars within", "src/**/x.go\nsrc/**/main.go\n"),
    Tree("two stars behind", "src/**\ndocs/**/*\n"),
    Tree("two stars in a name", "src/ma**\n**st.go\n"),
    Tree("two stars around", "**/deep/**\n**/api\n"),
    Tree("everything", "**"),
    Tree("everything but some", "*\n!src\n!README.md\nsrc/lib\n"),
    Tree("everything but one deep file", "*\n!src/lib/deep/x.go\n"),
    Tree("everything but a folder's files", "**\n!docs/*\n"),
    Tree("exception below an ignored folder", "src\n!src/lib\n!src/main.go\n"),
    Tree("exception first", "!src/lib\nsrc\n"),
    Tree("exception with a slash in front", "src\n!/src/lib/\n"),
    Tree("exception of an exception", "src\n!src/lib\nsrc/lib/deep\n!src/lib/deep/x.go\n"),
    Tree("last match wins", "a.txt\n!a.txt\nb.txt\n!*.txt\nb.*\n"),
    Tree("exception alone", "!a.txt\n"),
    Tree("wildcard exception", "*\n!*/main.go\n"),
    Tree("wildcard exception anywhere", "*\n!**/*.go\n"),
    Tree("wildcard exception below a prefix", "docs\nsrc\n!docs/**/*.md\n!src/*/*.go\n"),
    Tree("wildcard exception and plain exception", "*\n!**/x.go\n!src/lib/lib.go\n"),
    Tree("question mark", "?.txt\nsrc/???\ndocs?api\n"),
    Tree("classes", "[ab].txt\nsrc/[^m]*\n[A-Q]*.md\n"),
    Tree("negated class takes a slash", "src[^a]main.go\n[!a].txt\n"),
    Tree("class by name", "[[:lower:]].txt\nsrc/*[[:punct:]]test.go\n"),
    Tree("escapes", "\\a.txt\n\\#x\n\\!y\n\\*\nb\\.txt\n", (*PROJECT, "#x", "!y", "*")),
    Tree("escapes of the expression", "\\x61.txt\n\\w.txt\nsrc/\\D+\n"),
    Tree("choice and repetition", "a.txt|b*\n*/l{1}ib\n{a,b}.txt\n"),
    Tree("signs of the expression", "(a).txt\na+b\n$x\n^y\n^z*\n", ("(a).txt", "a+b", "aab", "$x", "^y", "^z1", "axb")),
    Tree("case counts", "A.TXT\nreadme.md\nmakefile\n"),
    Tree("hidden names", ".*\n"),
    Tree("hidden names anywhere", "**/.*\n", (*PROJECT, "src/.env")),
    Tree("names that are no ASCII", "한글\ncaf?\n**/\u00fc*\n", ("한글/a", "café", "x/über", "ascii")),
    Tree("bytes that are no UTF-8", "z?\n", ("\udcff", "z\udcfe", "k\udcfd")),
    Tree("blanks in names", "a b\n c \n", ("a b", "c", "d e")),
    Tree("names the Dockerfile", "Dockerfile\n"),
    Tree("names Dockerfile and ignore file", "Dockerfile*\n.dockerignore\na.txt\n"),
    Tree("names all hidden and the Dockerfile in a folder", "build\n.*\n", dockerfile="build/Dockerfile"),
    Tree("Dockerfile in an ignored folder", "*\n!src\n", dockerfile="src/lib/Dockerfile"),
    Tree("own ignore file", "a.txt\n", own_ignore="b.txt\n"),
    Tree("own ignore file that is empty", "a.txt\n", own_ignore=""),
    Tree("own ignore file beside the Dockerfile", "a.txt\n", dockerfile="build/app.Dockerfile", own_ignore="src\n"),
    Tree("empty folders", "e/*\nf\n", ("e/", "f/", "g/h/", "x")),
    Tree(
        "links",
        "ignored\nfolder/x\n",
        ("real/x", "y"),
        {
            "folder": "real",
            "file": "y",
            "dangling": "nowhere",
            "ignored": "y",
            "up": "../y",
            "top": "/etc",
            "self": "self",
        },
    ),
    Tree(
        "modes",
        None,
        ("run.sh", "secret", "d/", "t/"),
        modes={"run.sh": 0o755, "secret": 0o600, "d": 0o700, "t": 0o1777},
    ),
    Tree("mode of an ignored folder", "src\n!src/main.go\n", modes={"src": 0o700}),
)
