package io.packcache.media.live;

import java.io.IOException;
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

    private static Path file;

    /**
     * FFmpeg's options for TLS: certificates are checked against a file that lives as long as this process.
     *
     * @throws IllegalStateException if this Java's trusted certificates cannot be had
     */
    static synchronized Map<String, String> options() {
        if (file == null) {
            file = write();
        }
        return Map.of("tls_verify", "1", "ca_file", file.toString());
    }

    private static Path write() {
        StringBuilder pem = new StringBuilder();
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trusting) {
                    append(trusting.getAcceptedIssuers(), pem);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java's trusted certificates cannot be read: " + e.getMessage(), e);
        }
        if (pem.length() == 0) {
            throw new IllegalStateException("this Java trusts no certificate at all, so no server of rtmps:// either;"
                    + " see javax.net.ssl.trustStore and its password");
        }
        try {
            Path written = Files.createTempFile("packcache-trusted", ".pem");
            written.toFile().deleteOnExit();
            return Files.writeString(written, pem, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write this Java's trusted certificates for FFmpeg: " + e, e);
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
