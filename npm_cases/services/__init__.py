"""The use cases, one verb a file. Web, command line and jobs call the same functions; moves.py alone changes states."""
