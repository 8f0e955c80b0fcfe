package io.packcache.media.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom an encrypted broadcast trusts: whomever this Java trusts, with {@code javax.net.ssl.trustStore} and all. FFmpeg by
 * itself would check no certificate and hand the stream key to anybody who answers.
 */
final class TrustedRoots {

    private TrustedRoots() {}

    /** FFmpeg's options for TLS: certificates are checked against a file that lives as long as this process. */
    static Map<String, String> options() {
        return Map.of("tls_verify", "1", "ca_file", Pem.FILE.toString());
    }

    /** Written on first use. */
    private static final class Pem {

        static final Path FILE = write();

        private static Path write() {
            try {
                StringBuilder pem = new StringBuilder();
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init((KeyStore) null);
                for (TrustManager manager : factory.getTrustManagers()) {
                    if (manager instanceof X509TrustManager trusting) {
                        append(trusting.getAcceptedIssuers(), pem);
                    }
                }
                Path file = Files.createTempFile("packcache-trusted", ".pem");
                file.toFile().deleteOnExit();
                return Files.writeString(file, pem, StandardCharsets.US_ASCII);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(
                        "this Java's trusted certificates cannot be read: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write this Java's trusted certificates for FFmpeg", e);
            }
        }

        private static void append(X509Certificate[] trusted, StringBuilder pem) throws CertificateEncodingException {
            Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
            for (X509Certificate certificate : trusted) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(lines.encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
        }
    }
}
