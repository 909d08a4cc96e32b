#!/bin/sh
# Resolves requirements/*.in and package.json into hashed locks without addresses: `tools/lock.sh PYTHON`.
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
cd ..
npm install --package-lock-only --loglevel=error
# Where packages ask for money is an address too, and npm has no setting that leaves it out.
node -e '
const fs = require("fs"), file = "package-lock.json", lock = JSON.parse(fs.readFileSync(file));
for (const one of Object.values(lock.packages)) delete one.funding;
fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n");
'
