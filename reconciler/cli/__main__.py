"""`python -m reconciler.cli`: the command, where it is not installed."""

from reconciler.cli import main

if __name__ == "__main__":
    main()
