# Shared by the scripts: saying what happens, finding interpreters, making environments.

say() { printf 'madoguchi: %s\n' "$*"; }

fail() {
    printf 'madoguchi: %s\n' "$@" >&2
    exit 1
}

# The engine's TensorFlow ends without a word on a processor without AVX2.
check_processor() {
    [ "$(uname -s)" = Linux ] && [ -r /proc/cpuinfo ] || return 0
    [ "$(uname -m)" = x86_64 ] || fail "the engine's packages exist for x86-64 only; this is $(uname -m)."
    grep -qm1 -w avx2 /proc/cpuinfo || fail "this processor has no AVX2, which the engine needs." \
        "Use a machine or a virtual processor type with AVX2 (for QEMU: -cpu host)."
}

# Prints the path of an interpreter of one of the given versions, newest choice first.
find_python() {
    local version candidate
    for version in "$@"; do
        for candidate in "python$version" "$HOME/.pyenv/versions/$version".*/bin/python \
            "${PYENV_ROOT:-/nonexistent}/versions/$version".*/bin/python \
            "/opt/python/$version/bin/python3" "/usr/local/bin/python$version"; do
            if runs_version "$candidate" "$version"; then
                command -v "$candidate"
                return 0
            fi
        done
    done
    return 1
}

runs_version() {
    command -v "$1" >/dev/null 2>&1 || return 1
    [ "$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$2" ]
}

ensure_uv() {
    UV=.tools/uv/bin/uv
    [ -x "$UV" ] && return 0
    if command -v uv >/dev/null 2>&1; then
        UV=$(command -v uv)
        return 0
    fi
    say "getting uv, the installer (about 5 seconds)"
    local python
    python=$(find_python 3.13 3.12 3.11 3.10) ||
        fail "no Python found. Install Python 3.13 (or 3.12) and 3.10, for example with pyenv."
    mkdir -p .tools
    "$python" -m venv .tools/uv >.tools/uv.log 2>&1 ||
        fail "cannot make a virtual environment; on Debian install python3-venv. See .tools/uv.log"
    .tools/uv/bin/pip install --quiet --require-hashes -r requirements/tools.txt >>.tools/uv.log 2>&1 || {
        rm -rf .tools/uv
        fail "uv could not be installed: is there a network? The package index's answer is in .tools/uv.log"
    }
}

# ensure_environment NAME FOLDER REQUIREMENTS "VERSIONS" "HOW LONG" [REQUIREMENTS THAT HOLD MORE]
ensure_environment() {
    local name=$1 folder=$2 requirements=$3 versions=$4 takes=$5 more=${6:-$3} python digest known
    digest=$(sha256sum "$requirements" | cut -d' ' -f1)
    known=$(cat "$folder/.madoguchi" 2>/dev/null || true)
    if [ -x "$folder/bin/python" ] && { [ "$known" = "$digest" ] ||
        [ "$known" = "$(sha256sum "$more" | cut -d' ' -f1)" ]; }; then
        return 0
    fi
    # shellcheck disable=SC2086  # the versions are a list of words
    if ! python=$(find_python $versions); then
        say "no Python ${versions// / or } found; asking uv for one"
        "$UV" python install --quiet "${versions%% *}" 2>.tools/python.log ||
            fail "Python ${versions// / or } is missing and could not be downloaded." \
                "$name needs it: install it (for example 'pyenv install ${versions%% *}') and try again."
        python=$("$UV" python find "${versions%% *}")
    fi
    say "installing $name's packages into $folder ($takes)"
    [ -x "$folder/bin/python" ] && runs_version "$folder/bin/python" \
        "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ||
        "$UV" venv --quiet --clear --python "$python" "$folder"
    VIRTUAL_ENV=$folder "$UV" pip sync --quiet --require-hashes --compile-bytecode "$requirements" ||
        fail "$name's packages could not be installed: is there a network, and 4 GB of free disk?"
    printf '%s' "$digest" >"$folder/.madoguchi"
}
