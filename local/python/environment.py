"""Makes a virtual environment that holds exactly some requirements, once, in the user's cache folder.

    python3 environment.py REQUIREMENTS TITLE

The requirements name every package, those that others need included, with its version and the hashes that it may have.

Prints progress, and after `= ` the path of the environment's Python. A mistake that the person can mend is the one
line on standard error, with exit code 1. Runs under any Python 3, so that one that is too old can be told.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
OFFLINE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "name resolution",
    "ProxyError",
    "No matching distribution found",
)


class EnvironmentFailure(Exception):
    """What stands in the way, and the way out, in one line."""


def cache_directory():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "cdk-local-cloud")


def ensure(requirements, title, progress, build_requirements=None):
    """The path of the Python of an environment with these requirements, made when it is not there yet.

    Nothing is built on this machine, unless there are requirements to build with.
    """
    check_version()
    import fcntl

    contents = b""
    for path in filter(None, (requirements, build_requirements)):
        with open(path, "rb") as file:
            contents += file.read()
    digest = hashlib.sha256(contents + sys.version.encode()).hexdigest()[:16]
    directory = os.path.join(cache_directory(), digest)
    python = os.path.join(directory, "bin", "python")
    complete = os.path.join(directory, "complete")
    if os.path.exists(complete):
        return python
    os.makedirs(cache_directory(), exist_ok=True)
    with open(directory + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(complete):
            return python
        progress("installing %s into %s (first use only)" % (title, directory))
        shutil.rmtree(directory, ignore_errors=True)
        try:
            make_environment(directory)
            if build_requirements:
                install(python, build_requirements, ["--only-binary", ":all:"], title)
                install(python, requirements, ["--no-build-isolation", "--use-pep517"], title)
            else:
                install(python, requirements, ["--only-binary", ":all:"], title)
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        open(complete, "w").close()
    return python


def check_version():
    if sys.version_info < OLDEST:
        found, wanted = [".".join(map(str, version)) for version in (sys.version_info[:3], OLDEST)]
        raise EnvironmentFailure(
            "%s is Python %s, but %s or newer is needed: install one, or name it in the PYTHON environment variable"
            % (sys.executable, found, wanted)
        )


def make_environment(directory):
    made = subprocess.run([sys.executable, "-m", "venv", directory], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        raise EnvironmentFailure(
            "%s cannot make virtual environments: install its venv module (Debian and Ubuntu: apt-get install "
            "python3-venv)" % sys.executable
        )


def install(python, requirements, options, title):
    options = ["--require-hashes", "--disable-pip-version-check", "--no-input", "--quiet", *options]
    installed = subprocess.run(
        [python, "-m", "pip", "install", *options, "-r", requirements], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if installed.returncode != 0:
        output = installed.stdout.decode(errors="replace")
        errors = [line for line in output.splitlines() if line.startswith("ERROR")] or output.splitlines()[-1:]
        if any(sign in output for sign in OFFLINE):
            raise EnvironmentFailure(
                "%s could not be downloaded: the first use needs the network (%s)" % (title, errors[-1])
            )
        raise EnvironmentFailure("%s could not be installed: %s" % (title, errors[-1]))


def run_as_script(make):
    """Runs `make(progress)` with progress on standard output, and there its answer after `= `."""
    try:
        print('= ' + make(lambda line: print(line, flush=True)))
    except EnvironmentFailure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    run_as_script(lambda progress: ensure(sys.argv[1], sys.argv[2], progress))
