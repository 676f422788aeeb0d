"""``python -m openclaw`` is the command line."""

from openclaw.cli.main import main

if __name__ == "__main__":
    main(prog_name="openclaw")
