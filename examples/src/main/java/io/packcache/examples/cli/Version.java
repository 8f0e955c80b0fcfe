package io.packcache.examples.cli;

import io.packcache.kvcache.compute.Backends;
import picocli.CommandLine.IVersionProvider;

/** What runs: our version, the Java, and the backend with the reason why no better one. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String ours = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "packcache " + (ours == null ? "(not packaged)" : ours),
            "Java " + System.getProperty("java.version") + ", " + Backends.explain()
        };
    }
}
