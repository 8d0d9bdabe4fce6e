#!/usr/bin/env bash
# Compiles llama-cpp-python, for which there are no ready-made wheels, once for every checkout of this user, into a cache.
#
# GGML_NATIVE=OFF: the wheel runs on any x86-64 processor with AVX2, as polars needs it too. OpenMP is left out: its
# threads spin, which costs a busy host many times the work. Only the library and its binding are built.
set -euo pipefail
version=0.3.36
wheels="${XDG_CACHE_HOME:-$HOME/.cache}/hotfix/wheels"
if compgen -G "$wheels/llama_cpp_python-$version-*_$(uname -m).whl" >/dev/null; then
  exit 0
fi
pip="$1"
command -v g++ >/dev/null || { apt-get update -q && apt-get install -y -q g++; }
echo "Compiling llama-cpp-python $version (about 11 minutes of processor time, once; kept in $wheels) ..."
install="-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib -DCMAKE_INSTALL_BINDIR=llama_cpp/lib -DCMAKE_INSTALL_INCLUDEDIR=llama_cpp/include"
leave_out="-DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_CURL=OFF"
export CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_OPENMP=OFF $leave_out $install"
CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"
export CMAKE_BUILD_PARALLEL_LEVEL
mkdir -p "$wheels"
made=$(mktemp -d "$wheels/.building-XXXXXX")
trap 'rm -rf "$made"' EXIT
"$pip" wheel -q --no-deps --no-binary llama-cpp-python -w "$made" "llama-cpp-python==$version"
mv "$made"/*.whl "$wheels/"
