#!/bin/sh
# On a machine with an NVIDIA GPU, without Java: unpacks what pack.sh packed, compares the device with golden numbers,
# then runs the paper's workload beside PyTorch. Under nine minutes; figures remain in OUT whatever happens after them.
# Usage: examples/gpu/run.sh [--archive FILE] [--out DIR] [--backend NAME] [--scale full|small] [--python FILE]
#   --archive  default: examples/target/gpu/packcache-gpu.tar.gz
#   --out      default: $OUT, or gpu-figures here; gets parity.txt, paper.txt, paper.json, progress.txt
#   --backend  default: cuda; vector and --scale small rehearse the run on a CPU
# Exit codes: 0 done, 1 a comparison failed, 2 it cannot run here (one sentence says why), 124 out of time
set -eu

fail() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
archive=$here/../target/gpu/packcache-gpu.tar.gz
out=${OUT:-gpu-figures}
backend=cuda
scale=full
python=python3
seconds=530 # of the nine minutes

while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 needs a value."
    case $1 in
        --archive) archive=$2 ;;
        --out) out=$2 ;;
        --backend) backend=$2 ;;
        --scale) scale=$2 ;;
        --python) python=$2 ;;
        *) fail "there is no option $1; it has --archive, --out, --backend, --scale, --python." ;;
    esac
    shift 2
done

began=$(date +%s)
left() { echo $((began + seconds - $(date +%s))); }

[ -r "$archive" ] || fail "no archive at $archive; examples/gpu/pack.sh makes it."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xzf "$archive"
home=$work/packcache-gpu
mkdir -p "$out"

# cuBLAS is where PyTorch brought it from, or where the system has it.
cublas() {
    for folder in $("$python" -c '
import glob, site
for base in [*site.getsitepackages(), site.getusersitepackages()]:
    print(*glob.glob(base + "/nvidia/*/lib"))' 2>/dev/null) /usr/local/cuda/lib64 /usr/local/cuda-13*/lib64; do
        [ ! -e "$folder/libcublas.so.13" ] || printf '%s:' "$folder"
    done
}
libraries=$(cublas)${LD_LIBRARY_PATH:-}
libraries=${libraries%:}
[ "$backend" != cuda ] || [ -z "$libraries" ] || export LD_LIBRARY_PATH="$libraries"

packcache() {
    timeout "$(left)" "$home/java/bin/java" --add-modules=jdk.incubator.vector -XX:+UseParallelGC -Xmx24g \
        -Dpackcache.home="$home" -Djava.io.tmpdir="$work" -Dorg.bytedeco.javacpp.cachedir="$work/javacpp" \
        -Dpackcache.cuda.precision="$precision" \
        -cp "$home/lib/*" io.packcache.examples.cli.Main "$@"
}

# ---- Parity: the same numbers as the original code on random models, and as the trainer of the demo model; on a device in
# float32, then in bfloat16, which it measures in, within wider limits. ----
: >"$out/parity.txt"
verify() {
    status=0
    packcache verify "$@" --backend "$backend" >>"$out/parity.txt" 2>"$work/words" || status=$?
    [ "$status" -ne 2 ] || fail "$(grep -v '^WARNING' "$work/words" | sed 's/^packcache[a-z ]*: //' | tail -n 1)"
    [ "$status" -eq 0 ] || {
        cat "$out/parity.txt"
        printf 'run.sh: %s differs from the golden numbers\n' "$backend" >&2
        exit "$status"
    }
}
for precision in float32 bfloat16; do
    [ "$backend" = cuda ] || [ "$precision" = float32 ] || continue
    printf '\n%s\n' "$precision" >>"$out/parity.txt"
    verify "$home/goldens/lumos-tiny"
    verify "$home/goldens/demo" --model "$home/examples/models/demo"
    printf 'parity of %s in %s: all comparisons within their limits (%d s)\n' \
        "$backend" "$precision" $(($(date +%s) - began))
done
precision=bfloat16

# ---- The paper's workload. Each latent frame leaves a line as it is done. ----
status=0
packcache bench --workload paper --backend "$backend" --scale "$scale" --rounds 5 --python "$python" \
    --json "$out/paper.json" >"$out/paper.txt" 2>"$out/progress.txt" || status=$?
cat "$out/paper.txt"
if [ "$status" -ne 0 ]; then
    tail -n 5 "$out/progress.txt" >&2
    printf 'run.sh: the benchmark ended with %d; what it measured is in %s\n' "$status" "$out/progress.txt" >&2
    exit "$status"
fi
printf 'figures in %s (%d s)\n' "$out" $(($(date +%s) - began))
