#!/bin/sh
# Installs what the renderer needs, in the image and on a laptop alike: `install.sh PYTHON REQUIREMENTS_FOLDER`.
# MediaPipe comes without its dependencies: it asks for jax and a second OpenCV, 500 MB that nothing here imports.
set -eu
python=$1
requirements=$2
"$python" -m pip install --quiet --no-cache-dir --require-hashes -r "$requirements/inference.txt"
"$python" -m pip install --quiet --no-cache-dir --no-deps --require-hashes -r "$requirements/inference-nodeps.txt"
