"""Run the command line as ``python -m npm_cases``."""

from npm_cases.cli import main

main()
