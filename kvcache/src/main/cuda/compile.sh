#!/bin/sh
# Compiles the kernels into the image that Packcache carries, and notes the sources it was made from. Run by `mvn -Pcuda`.
set -eu
cd "$(dirname "$0")"
target=../resources/io/packcache/kvcache/compute/cuda
mkdir -p "$target"
nvcc -std=c++17 -O3 -fatbin --compress-mode=size \
    -gencode arch=compute_80,code=compute_80 -gencode arch=compute_90,code=sm_90 \
    packcache.cu -o "$target/packcache.fatbin"
{
    sha256sum compile.sh ./*.cu ./*.cuh | sed 's|\./||'
    sha256sum < "$target/packcache.fatbin" | sed 's|-$|packcache.fatbin|'
} > "$target/packcache.sha256"
