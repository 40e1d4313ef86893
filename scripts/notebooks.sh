#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Executes notebooks in a clean virtual environment of pinned packages: every cell must run without
# an error, without a warning, and without a word on standard error.
#
#   scripts/notebooks.sh [--keep DIR] [NOTEBOOK...]
#
#   --keep DIR   write the executed notebooks there, each also as one page of HTML, to look at
#   NOTEBOOK     which (default: all of notebooks/)
#
# The environment is build/notebooks/venv: the packages of notebooks/requirements.txt, then ./python.
# It is made when it is not there or the versions have changed, which needs a package registry that
# pip can reach, and else it is used again.
#
#   QFLEET         the program (default: build/release/qfleet)
#   QFLEET_PYTHON  the interpreter of the environment (default: /usr/bin/python3)
#
# The exit code is 1 when a notebook fails, 2 for a bad command line, 3 when it cannot be tried.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

keep='' notebooks=()
while (($#)); do
    case $1 in
        --keep)
            (($# > 1)) || usage_error "--keep needs a directory"
            mkdir -p "$2" || usage_error "cannot make the directory '$2'"
            keep=$(cd "$2" && pwd)
            shift ;;
        -h | --help) show_help; exit 0 ;;
        -*) usage_error "unknown option '$1'" ;;
        *)
            [ -f "$1" ] || usage_error "there is no notebook '$1'"
            notebooks+=("$(realpath "$1")") ;;
    esac
    shift
done
((${#notebooks[@]})) || notebooks=("$root"/notebooks/*.ipynb)

QFLEET=$(realpath -m "${QFLEET:-$root/build/release/qfleet}")
[ -x "$QFLEET" ] || die "there is no program '$QFLEET': scripts/run.sh builds it," \
    "or set QFLEET to where it is"
python=${QFLEET_PYTHON:-/usr/bin/python3}
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python cannot make virtual environments: scripts/setup.sh installs python3-venv"

# what users have set for their own Python and Jupyter is not part of this environment
unset PYTHONPATH PYTHONHOME PYTHONWARNINGS MPLBACKEND MATPLOTLIBRC JUPYTER_PATH JUPYTER_CONFIG_PATH
made=$root/build/notebooks
venv=$made/venv log=$made/install.log
export QFLEET PYTHONNOUSERSITE=1 MPLCONFIGDIR=$made/matplotlib PIP_DISABLE_PIP_VERSION_CHECK=1

# install WHAT PIP_ARGUMENTS... shows the end of what pip says only when it fails
install() {
    "$venv/bin/python" -m pip install --no-input --progress-bar off "${@:2}" >>"$log" 2>&1 \
        </dev/null && return
    tail -n 5 "$log" >&2
    die "$1 could not be installed: is a package registry within reach of pip? (all of what it said" \
        "is in $log; ctest -E '^(notebook|python_install)' leaves out tests that need one)"
}

# one directory, of whatever build: whoever comes second waits
mkdir -p "$made"
exec 9>"$made/lock"
flock 9

pins=$({ "$python" -VV; realpath "$python"; grep -v '^ *#' "$root/notebooks/requirements.txt"; } | sha256sum)
if [ "$(cat "$venv/pins.stamp" 2>/dev/null)" != "$pins" ]; then
    started=$SECONDS
    say "making $venv"
    : >"$log"
    rm -rf "$venv"
    logged "$log" "$python" -m venv "$venv"
    install "the packages of notebooks/requirements.txt" --no-deps --require-hashes \
        --only-binary :all: -r "$root/notebooks/requirements.txt"
    # the first use of Matplotlib looks for fonts, which takes long and is told on standard error
    logged "$log" "$venv/bin/python" -c 'import matplotlib.font_manager'
    printf '%s\n' "$pins" >"$venv/pins.stamp"
    say "made $venv in $((SECONDS - started)) s"
fi

# what a build of the package leaves behind is not its source, and does not belong beside it
sources() (
    cd "$root/python" && find . \( -name __pycache__ -o -name '*.egg-info' -o -path ./build \) -prune \
        -o -type f -print0 | LC_ALL=C sort -z
)
package=$(cd "$root/python" && sources | xargs -0 sha256sum | sha256sum)
if [ "$(cat "$venv/package.stamp" 2>/dev/null)" != "$package" ]; then
    rm -rf "$made/python" && mkdir "$made/python"
    sources | tar -c -C "$root/python" --null -T - | tar -x -C "$made/python"
    install ./python --no-deps --no-build-isolation --no-index --force-reinstall "$made/python"
    printf '%s\n' "$package" >"$venv/package.stamp"
fi
# no lock while they run: they may run side by side
exec 9>&-

exec "$venv/bin/python" "$root/scripts/notebooks.py" ${keep:+--keep "$keep"} "${notebooks[@]}"
