"""Let `python -m tutor` do what `diamol-tutor` does."""

from tutor.cli.main import main

if __name__ == "__main__":
    main()
