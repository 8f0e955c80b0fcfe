#!/bin/sh
# Packs what run.sh needs on a machine with a GPU and without Java into one archive: a Java image, the jars, the demo
# model and golden numbers. Needs a JDK (JAVA_HOME or the PATH) and what ./packcache needs to build.
# Usage: examples/gpu/pack.sh [ARCHIVE]    default: examples/target/gpu/packcache-gpu.tar.gz
set -eu

fail() {
    printf 'pack.sh: %s\n' "$*" >&2
    exit 2
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
archive=${1:-$root/examples/target/gpu/packcache-gpu.tar.gz}
most=$((60 * 1024 * 1024))
modules=java.base,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported
libraries="packcache- cuda- jackson- javacpp- jcuda- picocli- progressbar- reactive-streams- reactor-core- slf4j-"

jlink=${JAVA_HOME:+$JAVA_HOME/bin/}jlink
command -v "$jlink" >/dev/null || fail "no jlink: put a JDK on the PATH or set JAVA_HOME."

"$root/packcache" --version >/dev/null # builds when needed

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dist=$work/packcache-gpu
mkdir -p "$dist/lib" "$dist/examples/models"

image() {
    rm -rf "$dist/java"
    "$jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress="$1" \
        --output "$dist/java" >"$work/jlink.log" 2>&1
}
image zip-9 || image 2 || { # names since Java 21, numbers before
    cat "$work/jlink.log" >&2
    fail "jlink failed."
}

# What comparing and measuring needs; no film is written there, and no prompt is read.
cp "$root"/examples/target/packcache-examples-*.jar "$dist/lib"
for library in $libraries; do
    for file in "$root/examples/target/lib/$library"*.jar; do
        [ ! -e "$file" ] || cp "$file" "$dist/lib"
    done
done

# Of JCuda's natives only the driver's binding is used.
natives=$(ls "$dist"/lib/jcuda-natives-*.jar)
mkdir "$work/natives"
(
    cd "$work/natives"
    "${jlink%jlink}jar" xf "$natives"
    find lib -type f ! -name 'libJCudaDriver-*' -delete
    "${jlink%jlink}jar" cf "$natives" .
)

cp -r "$root/examples/models/demo" "$dist/examples/models/demo"
rm -f "$dist"/examples/models/demo/*.png
cp -r "$root/examples/src/test/resources/goldens" "$dist/goldens"
cp -r "$root/examples/benchmarks" "$dist/examples/benchmarks"
cp "$root/LICENSE" "$dist"

mkdir -p "$(dirname "$archive")"
tar -C "$work" -czf "$archive" packcache-gpu
bytes=$(wc -c <"$archive")
[ "$bytes" -le "$most" ] || fail "$archive has $bytes bytes, more than the $most it may have."
printf '%s: %d MiB\n' "$archive" $((bytes / 1024 / 1024))
