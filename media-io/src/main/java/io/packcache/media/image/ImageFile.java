package io.packcache.media.image;

import io.packcache.media.file.OutputFile;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.file.Path;

/** How an image file comes to be: it takes its name only when it is whole, and of what failed nothing is left. */
final class ImageFile {

    /** Writes a whole image. */
    interface Content {
        void writeTo(Path file) throws IOException;
    }

    private ImageFile() {}

    static void write(OutputFile output, Content content) throws SinkException {
        Path part = output.begin();
        boolean written = false;
        try {
            content.writeTo(part);
            written = true;
        } catch (IOException e) {
            throw new SinkException(
                    "cannot write " + output.file() + ": " + innermost(e).getMessage(), e);
        } finally {
            if (!written) {
                output.discard();
            }
        }
        output.finished();
    }

    /** What the disk said; what is around it says only that there was an error. */
    private static Throwable innermost(Throwable failure) {
        return failure.getCause() == null ? failure : innermost(failure.getCause());
    }
}
