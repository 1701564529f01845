#!/bin/sh
# Prepare this machine for a make target, and do nothing when it is ready.
#
#   sh tools/setup.sh html      .venv only
#   sh tools/setup.sh book      .venv; as root with apt also Pango, for the PDF
#   sh tools/setup.sh pdf       the same, and fail if Pango is missing
#   sh tools/setup.sh test      .venv; as root with apt also Pango and Chromium
#   sh tools/setup.sh system    Pango and Chromium only, no .venv
#
# PYTHON=... names the Python to use. Nothing is installed outside .venv unless root runs this on a system with apt.
set -eu
unset CDPATH  # with it set, `cd` may go elsewhere and print where
unset PYTHONPATH PYTHONHOME  # a package found there would not be installed into .venv
# A user's settings of pip may choose mirror, certificate and proxy, not where packages go.
unset PIP_TARGET PIP_PREFIX PIP_ROOT
export PIP_USER=0
cd -- "$(dirname -- "$0")/.."
target=${1:-html}
newer=

PANGO="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PANGO_HOW="Debian, Ubuntu: apt-get install $PANGO; macOS: brew install pango"
CHROMIUM_HOW="Debian: apt-get install chromium libatomic1; Ubuntu: apt-get install libatomic1, snap install chromium (apt's chromium-browser only points there); macOS: brew install --cask chromium"

fail() {
    echo "$*" >&2
    exit 1
}

can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

# The tested versions, oldest first: the classifiers of pyproject.toml are their only list.
# shellcheck disable=SC2046,SC2005 # the lines become words
tested=$(echo $(sed -n 's/^ *"Programming Language :: Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml))
oldest=${tested%% *}
newest=${tested##* }

# Set `python` (absolute path) and `minor` ("3.12") to the first candidate that really runs and is tested, or else to the
# first that is newer, and say so.
choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set --
        for version in $tested; do set -- "python$version" "$@"; done
        set -- python3 "$@"
    fi
    found=
    for candidate in "$@"; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        # Run it: pyenv leaves commands that exist and only print an error. Ask for the interpreter behind a
        # virtual environment, since an activated .venv must not be the base of its own successor.
        if answer=$("$candidate" -c '
import sys
print("%d.%d" % sys.version_info[:2], getattr(sys, "_base_executable", "") or sys.executable)' 2>/dev/null); then
            minor=${answer%% *}
            python=${answer#* }
            case " $tested " in *" $minor "*) return ;; esac
            if [ "${minor%%.*}" = 3 ] && [ "${minor#*.}" -gt "${newest#*.}" ]; then newer=${newer:-$answer}; fi
            found="$found${found:+, }$candidate is Python $minor"
        else
            found="$found${found:+, }$candidate does not run"
        fi
    done
    another="make book PYTHON=/path/to/python$newest"
    [ -n "$newer" ] ||
        fail "Python $oldest or newer is needed; found: ${found:-none of: $*}. Install one, or name it: $another"
    minor=${newer%% *}
    python=${newer#* }
    echo "Python $minor is newer than the tested versions, $oldest to $newest. If it fails, name one of these: $another" >&2
}

has_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# Look for the libraries as WeasyPrint does, so that a Pango outside the package manager counts.
has_pango() {
    "$python" -c '
import ctypes, ctypes.util, sys
def found(name, linux):
    for candidate in (linux, "lib" + name + ".dylib", ctypes.util.find_library(name)):
        try:
            if candidate and ctypes.CDLL(candidate):
                return True
        except OSError:
            pass
sys.exit(not all([
    found("pango-1.0", "libpango-1.0.so.0"),
    found("pangoft2-1.0", "libpangoft2-1.0.so.0"),
    found("harfbuzz-subset", "libharfbuzz-subset.so.0"),
]))' 2>/dev/null
}

# The names that the tests try. Run it: Ubuntu's chromium-browser exists without its snap, and then only prints an error.
has_chromium() {
    for candidate in chromium chromium-browser google-chrome; do
        if "$candidate" --version </dev/null >/dev/null 2>&1; then return; fi
    done
    return 1
}

# Playwright brings its own Node, which on Linux needs this one library from the system.
has_driver_library() {
    [ "$(uname)" != Linux ] || "$python" -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null
}

# Install what is wanted and can be had; whoever needs it looks again afterwards.
apt_install() {
    echo "apt-get: looking for $*"
    apt-get update -q </dev/null || :  # an unreachable mirror may not matter for what is wanted
    available=
    for package in "$@"; do
        if LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]'; then available="$available $package"; fi
    done
    # shellcheck disable=SC2086 # one word a package
    [ -z "$available" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $available </dev/null || :
}

# In CI a part that root could not install is a failure: tests must not be skipped unseen.
without() {
    echo "$1" >&2
    if [ "$target" = pdf ] || { [ "${CI:-}" = true ] && can_install; }; then exit 1; fi
}

system_packages() {
    wanted=
    [ "$target" = system ] || has_venv || wanted="$wanted python$minor-venv"
    case $target in book | pdf | test | system) has_pango || wanted="$wanted $PANGO" ;; esac
    case $target in
        test | system)
            has_chromium || wanted="$wanted chromium"
            has_driver_library || wanted="$wanted libatomic1"
            ;;
    esac
    [ -n "$wanted" ] || return 0
    # shellcheck disable=SC2086 # one word a package
    if can_install; then apt_install $wanted; fi
    [ "$target" = system ] || has_venv ||
        fail "Python $minor ($python) cannot make virtual environments. Debian, Ubuntu: apt-get install python$minor-venv; macOS: brew install python@$minor"
    # `book` is silent here: it says at its end, where it is read, that there is no PDF, and why.
    case $target in
        pdf) has_pango || without "Pango is missing, so there can be no PDF. $PANGO_HOW" ;;
        test | system) has_pango || without "Pango is missing, so the tests of the PDF are skipped. $PANGO_HOW" ;;
        book) has_pango || [ "${CI:-}" != true ] || without "Pango is missing, so there is no PDF. $PANGO_HOW" ;;
    esac
    case $target in
        test | system)
            has_chromium || without "Chromium is missing, so the tests in a browser are skipped. $CHROMIUM_HOW"
            has_driver_library || without "libatomic is missing, so the tests in a browser cannot run. Debian, Ubuntu: apt-get install libatomic1"
            ;;
    esac
}

# Print what .venv depends on: the content of the files given, the Python version, the place (scripts in .venv and
# the link to this project hold absolute paths). Fails when the Python of .venv is gone.
state() {
    .venv/bin/python -c '
import hashlib, os, sys
digest = hashlib.sha256()
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        digest.update(file.read() + b"\0")
print(digest.hexdigest(), "%d.%d" % sys.version_info[:2], os.getcwd())' "$@" 2>/dev/null
}

# A stamp is written last and compared by content, so an interrupted installation leaves none that fits.
fits() {
    stamp=.venv/$1.stamp
    shift
    [ -f "$stamp" ] && now=$(state "$@") && [ "$now" = "$(cat "$stamp")" ]
}

PACKAGES="packages requirements.txt"
PROJECT="project pyproject.toml requirements.in"

# Fail unless .venv itself has every package that requirements.txt names for all systems, in its version.
check_packages() {
    .venv/bin/python -c '
import importlib.metadata, re, sys, sysconfig
places = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
there = {(re.sub(r"[-_.]+", "-", d.name).lower(), d.version) for d in importlib.metadata.distributions(path=places)}
wanted = re.findall(r"(?m)^([\w.-]+)(?:\[[^]]*\])?==(\S+) \\$", open("requirements.txt").read())
missing = ["==".join(package) for package in wanted if package not in there]
if missing:
    sys.exit(f"pip ended well, but .venv lacks {len(missing)} of {len(wanted)} packages, such as {missing[0]}. "
             "A setting of pip has put them elsewhere: `.venv/bin/python -m pip config list` and the variables PIP_... "
             "show which. Take it back, then run the command again.")'
}

make_venv() {
    # shellcheck disable=SC2086 # a name and its files
    if ! fits $PACKAGES; then
        # From nothing: an update in place would keep packages that requirements.txt no longer names.
        rm -rf .venv
        echo "Installing the packages of requirements.txt into .venv, for Python $minor"
        "$python" -m venv .venv
        # --no-deps: the list is complete. --only-binary: building from source would fetch build tools that no hash covers.
        .venv/bin/python -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements.txt ||
            fail "The packages of requirements.txt could not be installed for Python $minor.${newer:+ Name a tested version: $another}"
        check_packages
        state requirements.txt >.venv/packages.stamp
    fi
    if ! fits $PROJECT; then
        .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
        .venv/bin/python -m pip --disable-pip-version-check check
        state pyproject.toml requirements.in >.venv/project.stamp
    fi
}

case $target in
    html | book | pdf | test | system) ;;
    *) fail "usage: sh tools/setup.sh html|book|pdf|test|system" ;;
esac

# Two make commands at once would each remove what the other installs. (macOS has no flock, and no such guard.)
if [ "$target" != system ] && command -v flock >/dev/null 2>&1; then
    exec 9<tools/setup.sh
    flock -n 9 || {
        echo "Another command is installing into .venv; waiting for it"
        flock 9
    }
fi

# shellcheck disable=SC2086 # a name and its files
if [ -z "${PYTHON:-}" ] && fits $PACKAGES; then
    python=.venv/bin/python
    minor=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
else
    choose_python
    # PYTHON names another version than .venv has: begin again.
    if [ -e .venv/packages.stamp ] && ! grep -q " $minor " .venv/packages.stamp; then rm -f .venv/packages.stamp; fi
fi
system_packages
[ "$target" = system ] || make_venv
