package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whatever a machine lacks, the sentence names it, and nothing is asked that the lack would make fail. */
class RefusalTest {

    /** A machine with all that is needed, but for what a test takes away. */
    private static class Able implements Machine {

        @Override
        public boolean hasDeviceFile() {
            return true;
        }

        @Override
        public boolean hasJCuda() {
            return true;
        }

        @Override
        public String start() {
            return null;
        }

        @Override
        public int driverVersion() {
            return 13_000;
        }

        @Override
        public int devices() {
            return 1;
        }

        @Override
        public String deviceName() {
            return "NVIDIA H200";
        }

        @Override
        public int computeCapability() {
            return 90;
        }
    }

    @Test
    void aMachineWithAllOfItIsNotRefused() {
        assertThat(Refusal.of(new Able())).isEmpty();
    }

    @Test
    void noDevice() {
        assertRefused(
                new Able() {
                    @Override
                    public boolean hasDeviceFile() {
                        return false;
                    }

                    @Override
                    public boolean hasJCuda() {
                        throw new AssertionError("nothing more is asked");
                    }
                },
                "this machine has no NVIDIA device (/dev/nvidiactl is missing)");
    }

    @Test
    void noJCuda() {
        assertRefused(
                new Able() {
                    @Override
                    public boolean hasJCuda() {
                        return false;
                    }

                    @Override
                    public String start() {
                        throw new AssertionError("JCuda's classes are not linked");
                    }
                },
                "the library org.jcuda:jcuda 12.6.0 is not on the class path");
    }

    @Test
    void noDriverLibrary() {
        assertRefused(
                new Able() {
                    @Override
                    public String start() {
                        throw new UnsatisfiedLinkError(
                                "/tmp/libJCudaDriver.so: libcuda.so.1: cannot open shared object file");
                    }
                },
                "the NVIDIA driver's library libcuda.so.1 is missing");
    }

    @Test
    void noNatives() {
        assertRefused(
                new Able() {
                    @Override
                    public String start() {
                        throw new UnsatisfiedLinkError("Error while loading native library\nand much more");
                    }
                },
                "the natives of JCuda could not be loaded (is org.jcuda:jcuda-natives 12.6.0 for this platform on the class"
                        + " path?): Error while loading native library");
    }

    @Test
    void aDriverThatFails() {
        assertRefused(
                new Able() {
                    @Override
                    public String start() {
                        return "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH";
                    }
                },
                "the NVIDIA driver does not start: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH");
    }

    @Test
    void anOldDriver() {
        assertRefused(
                new Able() {
                    @Override
                    public int driverVersion() {
                        return 12_040;
                    }
                },
                "the NVIDIA driver is too old: it knows CUDA 12.4, and the kernels need 13.0");
    }

    @Test
    void noVisibleDevice() {
        assertRefused(
                new Able() {
                    @Override
                    public int devices() {
                        return 0;
                    }
                },
                "the NVIDIA driver offers no device (is CUDA_VISIBLE_DEVICES empty?)");
    }

    @Test
    void anOldDevice() {
        assertRefused(
                new Able() {
                    @Override
                    public String deviceName() {
                        return "Tesla T4";
                    }

                    @Override
                    public int computeCapability() {
                        return 75;
                    }
                },
                "the Tesla T4 is too old: it has compute capability 7.5, and the kernels need 8.0");
    }

    @Test
    void aPrecisionThatDoesNotExist() {
        assertThat(CudaBackend.precisionRefusal(null)).isNull();
        assertThat(CudaBackend.precisionRefusal("float32")).isNull();
        assertThat(CudaBackend.precisionRefusal("half"))
                .isEqualTo("-Dpackcache.cuda.precision=half is no precision: give bfloat16 or float32");
    }

    private static void assertRefused(Machine machine, String sentence) {
        assertThat(Refusal.of(machine)).contains(sentence);
    }
}
