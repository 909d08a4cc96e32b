#!/bin/sh
# Resolves requirements/*.in into hashed locks without download addresses: `tools/lock.sh PYTHON`.
set -eu
"$1" -m venv build/uv
build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
cd requirements
for source in *.in; do
    no_deps=""
    # These are installed without what they ask for, which nothing here imports (see the comments inside).
    case $source in inference-nodeps.in | demo.in) no_deps="--no-deps" ;; esac
    lock=${source%.in}.txt
    [ -f "$lock" ] && cp -p "$lock" ../build/uv/before
    ../build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate $no_deps "$source" -o "$lock"
    # A lock that says the same keeps its time, so that nothing is installed anew.
    if cmp -s "$lock" ../build/uv/before; then mv ../build/uv/before "$lock"; fi
done
