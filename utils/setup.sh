#!/usr/bin/env bash
# The shared set-up of utils/quickstart and utils/check. Run by itself, it does
# the set-up alone; sourced, it defines
#
#   mhc_setup            installs what is missing; sets MHC_PYTHON, MHC_CMAKE_ARGS
#   mhc_configure PRESET configures a preset of CMakePresets.json with them
#   mhc_run LOG CMD...   runs a command into a log, with its progress shown
#   mhc_tail LOG         the end of a log, for the message about a failure
#   mhc_since START      seconds since START (a value of mhc_now), such as 12.3
#
# In the environment:
#   MLIR_DIR    lib/cmake/mlir of another build of LLVM and MLIR 22; Debian's
#               packages of LLVM are then neither required nor installed
#   MHC_PYTHON  the Python (with numpy) that runs the tests

set -euo pipefail
export LC_ALL=C

MHC_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MHC_LLVM=22
MHC_CMAKE_ARGS=()
MHC_WATCHER=

mhc_now() { echo "${EPOCHREALTIME/./}"; }

mhc_since() {
  local tenths=$((($(mhc_now) - $1) / 100000))
  echo "$((tenths / 10)).$((tenths % 10))"
}

mhc_tail() {
  # A log is shown as it is, but for the carriage returns of progress bars.
  tail -n "${2:-40}" "$1" | tr '\r' '\n' | sed 's/^/    /'
}

# The newest sign of progress in a log: ninja's [12/80], lit's (3 of 90), the
# number of inputs that libFuzzer has run, or the package that apt is at.
mhc_progress() {
  tail -c 8192 "$1" 2>/dev/null | tr '\r' '\n' |
    grep -aoE '^\[[0-9]+/[0-9]+\]|\([0-9]+ of [0-9]+|^#[0-9]+|^(Unpacking|Setting up) [^ ]+' | tail -n 1 |
    sed -E 's/^\[([0-9]+)\/([0-9]+)\]/\1 of \2/; s/^\(//; s/^#([0-9]+)/\1 inputs/' || true
}

# Shows the progress of a log, on a terminal every second in one line, otherwise
# in a line every 30 s, until it is killed or the script has ended.
mhc_watch() {
  local log=$1 start line ticks=0
  start=$(mhc_now)
  while kill -0 "$$" 2>/dev/null; do
    # The output of sleep is closed lest a reader of ours wait for it.
    sleep 1 >/dev/null 2>&1
    ticks=$((ticks + 1))
    [[ -t 1 ]] || ((ticks % 30 == 0)) || continue
    line="      $(mhc_progress "$log")"
    line="$line, $(mhc_since "$start") s"
    line=${line/      , /      }
    if [[ -t 1 ]]; then
      printf '\r\033[K%s' "$line"
    else
      echo "$line"
    fi
  done
}

mhc_stop_watching() {
  [[ -n $MHC_WATCHER ]] || return 0
  kill "$MHC_WATCHER" 2>/dev/null || true
  wait "$MHC_WATCHER" 2>/dev/null || true
  MHC_WATCHER=
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
}
trap mhc_stop_watching EXIT
# ninja and lit end in order when interrupted, and bash would go on after them.
trap 'exit 130' INT
trap 'exit 143' TERM

mhc_run() {
  local log=$1 code=0
  shift
  mkdir -p "$(dirname "$log")"
  printf '$ %s\n' "$*" >"$log"
  mhc_watch "$log" &
  MHC_WATCHER=$!
  "$@" >>"$log" 2>&1 </dev/null || code=$?
  mhc_stop_watching
  return "$code"
}

# The first Python that has what is asked for: the one named, the first on PATH,
# Debian's. Its own name for itself is kept, as the first on PATH may be a wrapper
# that picks another version in another folder.
mhc_python_with() { # MODULES
  local candidate path
  for candidate in "${MHC_PYTHON:-}" python3 /usr/bin/python3; do
    [[ -n $candidate ]] || continue
    if path=$("$candidate" -c "import sys, $1; print(sys.executable)" 2>/dev/null); then
      export MHC_PYTHON=$path
      return 0
    fi
  done
  return 1
}

# The tests need numpy. With psutil as well, lit can end a test that hangs.
mhc_find_python() { mhc_python_with numpy,psutil || mhc_python_with numpy; }

# The Debian packages that are missing, one a line. What matters is what a
# package is wanted for, not who installed it.
mhc_missing() {
  local prefix=/usr/lib/llvm-$MHC_LLVM v=$MHC_LLVM
  mhc_need() { # PACKAGE FILE-PATTERN | PACKAGE -c COMMAND
    if [[ $2 == -c ]]; then
      command -v "$3" >/dev/null || echo "$1"
    else
      compgen -G "$2" >/dev/null || echo "$1"
    fi
  }
  mhc_need cmake -c cmake
  mhc_need ninja-build -c ninja
  mhc_need git -c git
  mhc_find_python || printf '%s\n' python3-numpy python3-psutil
  mhc_need libboost-context-dev "/usr/include/boost/context/fiber.hpp"
  mhc_need nlohmann-json3-dev "/usr/include/nlohmann/json.hpp"
  mhc_need libxxhash-dev "/usr/include/xxhash.h"
  if [[ -n ${MLIR_DIR:-} ]]; then
    return 0
  fi
  mhc_need "llvm-$v-dev" "$prefix/lib/cmake/llvm/LLVMConfig.cmake"
  mhc_need "libmlir-$v-dev" "$prefix/lib/cmake/mlir/MLIRConfig.cmake"
  mhc_need "mlir-$v-tools" "$prefix/bin/mlir-tblgen"
  mhc_need "llvm-$v-tools" "$prefix/bin/FileCheck"
  mhc_need "clang-$v" -c "clang++-$v"
  mhc_need "lld-$v" -c "ld.lld-$v"
  mhc_need "libomp-$v-dev" "$prefix/lib/libomp.so"
  mhc_need "libclang-rt-$v-dev" "$prefix/lib/clang/$v/lib/linux/libclang_rt.asan*.a"
  mhc_need "clang-format-$v" -c "clang-format-$v"
}

mhc_cannot_install() { # REASON PACKAGE...
  local reason=$1
  shift
  cat >&2 <<MESSAGE
set-up: these are missing: $*
set-up: $reason
    On Debian 12 they are packages:  apt-get install $*
    Elsewhere, build LLVM and MLIR $MHC_LLVM and name them in the environment:
        MLIR_DIR=/prefix/lib/cmake/mlir $0
    which cmake is given as -DMLIR_DIR=/prefix/lib/cmake/mlir.
MESSAGE
  return 1
}

mhc_install() { # LOG PACKAGE...
  local log=$1 package as_root=()
  shift
  if ! command -v apt-get >/dev/null; then
    mhc_cannot_install "there is no apt-get here to install them with" "$@"
    return 1
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      mhc_cannot_install "installing them needs root or sudo" "$@"
      return 1
    fi
    # Without a terminal nobody can type a password.
    if [[ -t 2 ]]; then as_root=(sudo); else as_root=(sudo -n); fi
    if ! "${as_root[@]}" true; then
      mhc_cannot_install "installing them needs root, which sudo refuses" "$@"
      return 1
    fi
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)

  # A source that does not answer matters only if a package comes from it.
  mhc_run "$log.update" "${apt[@]}" update || true
  local unavailable=()
  for package in "$@"; do
    [[ $(apt-cache policy "$package" 2>/dev/null) =~ Candidate:\ [^\(] ]] || unavailable+=("$package")
  done
  if ((${#unavailable[@]} > 0)); then
    mhc_tail "$log.update" 5 >&2
    mhc_cannot_install "apt has no package ${unavailable[*]} (Debian 12 has them in bookworm and bookworm-security)" "$@"
    return 1
  fi
  if ! mhc_run "$log" "${apt[@]}" install -y --no-install-recommends --no-remove "$@"; then
    mhc_tail "$log" >&2
    mhc_cannot_install "apt-get install failed, see ${log#"$MHC_ROOT"/}" "$@"
    return 1
  fi
}

# Another build of LLVM may lack the presets' compiler and linker, clang-22 and
# lld-22: take its own, and failing that the system's.
mhc_other_llvm() {
  local bin=${MLIR_DIR%/}/../../../bin
  if [[ ! -e $MLIR_DIR/MLIRConfig.cmake ]]; then
    echo "set-up: MLIR_DIR: expected a folder with MLIRConfig.cmake, got $MLIR_DIR" >&2
    return 1
  fi
  MHC_CMAKE_ARGS+=("-DMLIR_DIR=$MLIR_DIR")
  if ! command -v "clang++-$MHC_LLVM" >/dev/null; then
    if [[ -x $bin/clang++ ]]; then
      MHC_CMAKE_ARGS+=("-DCMAKE_C_COMPILER=$bin/clang" "-DCMAKE_CXX_COMPILER=$bin/clang++")
    else
      MHC_CMAKE_ARGS+=("-DCMAKE_C_COMPILER=${CC:-cc}" "-DCMAKE_CXX_COMPILER=${CXX:-c++}")
    fi
  fi
  if ! command -v "ld.lld-$MHC_LLVM" >/dev/null; then
    MHC_CMAKE_ARGS+=(-DCMAKE_EXE_LINKER_FLAGS= -DCMAKE_SHARED_LINKER_FLAGS=)
  fi
}

mhc_setup() {
  local log=$MHC_ROOT/build/logs/setup.log missing packages=()
  missing=$(mhc_missing)
  MHC_SETUP_DID="nothing is missing"
  if [[ -n $missing ]]; then
    mapfile -t packages <<<"$missing"
    echo "      installing ${packages[*]}"
    mhc_install "$log" "${packages[@]}" || return 1
    missing=$(mhc_missing)
    if [[ -n $missing ]]; then
      mhc_cannot_install "they were installed, yet are not where they are expected" "${missing//$'\n'/ }"
      return 1
    fi
    MHC_SETUP_DID="packages installed: ${#packages[@]}"
  fi
  mhc_find_python
  MHC_CMAKE_ARGS=("-DPython3_EXECUTABLE=$MHC_PYTHON")
  if [[ -n ${MLIR_DIR:-} ]]; then
    mhc_other_llvm || return 1
  fi
}

mhc_configure() { # PRESET
  cmake --preset "$1" "${MHC_CMAKE_ARGS[@]}"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  mhc_start=$(mhc_now)
  echo "set-up: the packages that building and testing need"
  mhc_setup
  echo "      $MHC_SETUP_DID, $(mhc_since "$mhc_start") s; Python with numpy: $MHC_PYTHON"
fi
