"""The app over the sample course and a fake engine, as a program: `python -m tests.ui.demo FOLDER [--hold]`.

Builds of `--hold` never end by themselves. When the app has ended, `FOLDER/calls` holds what the engine was asked.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.ui.conftest import Stage


def main() -> int:
    folder = Path(sys.argv[1])
    stage = Stage(folder / "workspace")
    if "--hold" in sys.argv:
        stage.engine.hold.clear()
    app = stage.app()
    app.run()
    (folder / "calls").write_text("\n".join(name for name, _ in stage.engine.calls), "utf-8")
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
